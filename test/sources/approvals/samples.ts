/** Approvals as change systems, people and CI publish them; constructed from the schema, proven with keys of tests. */
import type { Approval } from '../../../schemas/approval.ts';
import { claimsFor, GITLAB, AUDIENCE, proven, signature, token } from '../../support/attest.ts';

type Json = Readonly<Record<string, unknown>>;
type Over = Partial<Omit<Approval['data'], 'what'>> & { readonly what?: Approval['data']['what'] };

export function approval(over: Over = {}, event: Partial<Omit<Approval, 'data'>> = {}): Approval {
  return {
    specversion: '1.0',
    type: 'jobtrail.approval.v1',
    source: 'https://changes.example.com/CHG-1042',
    id: 'CHG-1042/1',
    time: '2026-11-18T07:55:00Z',
    ...event,
    data: {
      id: 'CHG-1042',
      decision: 'approved',
      approver: 'li.wei@example.com',
      requestedBy: 'ana.ruiz@example.com',
      for: 'etl@shop-prod.iam.gserviceaccount.com',
      what: {
        actions: ['job.submit', 'data.write'],
        job: 'dataproc:shop-prod/europe-west1/batch/nightly-orders',
        specDigest: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
        datasets: ['gs://shop-marts/orders/', 'bigquery:shop-prod.marts.orders'],
        environment: 'prod',
      },
      notBefore: '2026-11-18T22:00:00Z',
      until: '2026-11-19T02:00:00Z',
      uses: 1,
      ticket: 'CHG-1042',
      link: 'https://changes.example.com/CHG-1042',
      reason: 'backfill of orders',
      ...over,
    },
  };
}

const signed = (record: Approval): Approval => proven(record, signature(record));
const byToken = (record: Approval, claims: Json = {}, key = 'google'): Approval =>
  proven(record, token(claimsFor(record, claims), { key }));
const denied = approval({ decision: 'denied', until: undefined, notBefore: undefined }, { id: 'CHG-1042/2' });
const revoked = approval(
  { decision: 'revoked', until: undefined, notBefore: undefined },
  { id: 'CHG-1042/3' },
);
const own = approval({ for: 'li.wei@example.com', what: { actions: ['data.write'] } }, { id: 'CHG-1043/1' });
const template = approval(
  { what: { actions: ['job.submit'], job: 'nightly template' } },
  { id: 'CHG-1044/1' },
);
const pipeline = approval({ approver: `workload:oidc/gitlab.example.com:42` }, { id: 'CHG-1045/1' });

/** File name to events, one a line. */
export const SAMPLES: Readonly<Record<string, readonly unknown[]>> = {
  'constructed-decisions': [approval(), denied, revoked].map(signed),
  'constructed-scopes': [own, template].map(signed),
  'constructed-tokens': [
    byToken(approval()),
    byToken(
      pipeline,
      { iss: GITLAB, sub: '42', email: undefined, email_verified: undefined, aud: AUDIENCE },
      'gitlab',
    ),
  ],
  'constructed-unverified': [
    approval(),
    proven(approval({ uses: 1000 }), signature(approval())),
    byToken(approval({ approver: 'ana.ruiz@example.com' })),
    byToken(approval(), { exp: Math.floor(Date.parse('2026-11-18T07:54:00Z') / 1000) }),
  ],
  'constructed-refused': [
    { ...approval(), time: undefined },
    approval({ decision: 'approved', until: undefined }),
    approval({ approver: 'somebody' }),
    approval({ what: { actions: ['job.everything'] } }),
    approval({ notBefore: '2026-11-19T02:00:00Z' }),
    { ...approval(), data: { ...approval().data, until_: 'typo' } },
    {
      logName: 'jobtrail/approvals',
      timestamp: '2026-11-18T09:00:00Z',
      insertId: 'another',
      jsonPayload: signed(approval()),
    },
  ],
};
