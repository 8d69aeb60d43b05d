/** Decisions of the company's change system, as CloudEvents `jobtrail.approval.v1`: signed, and what only claims to be. */
import { ACCOUNTS, PROJECTS, REGION } from '../company.ts';
import type { Json, RecordDraft } from '../entry.ts';
import { clock } from '../scene.ts';
import type { Scene } from '../scene.ts';
import { CHANGES, signed } from './signing.ts';
import type { Unsigned } from './signing.ts';

interface Decision {
  readonly time: string;
  readonly event: string;
  readonly data: Json;
}

function record(scene: Scene, { time, event, data }: Decision): Unsigned {
  return {
    specversion: '1.0',
    type: 'jobtrail.approval.v1',
    source: CHANGES,
    id: event,
    time: new Date(scene.midnight + clock(time)).toISOString(),
    data,
  };
}

const sent = (time: string, event: Unsigned): RecordDraft => ({
  at: clock(time),
  to: 'approvals',
  text: JSON.stringify(event),
});

const EXCHANGE = 'gs://acme-partner-exchange/churn';

export function approvalRecords(scene: Scene): readonly RecordDraft[] {
  const day = scene.date.replaceAll('-', '');
  const dayAfter = new Date(scene.midnight + clock('24:30:00')).toISOString();
  const latePush: Decision = {
    time: '17:20:44',
    event: 'CHG-2240/approved',
    data: {
      id: 'CHG-2240',
      decision: 'approved',
      approver: 'chiara@example.com',
      requestedBy: 'ana@example.com',
      for: ACCOUNTS.pricingAgent,
      what: {
        actions: ['job.submit', 'data.write'],
        job: `dataproc:${PROJECTS.prod.id}/${REGION}/job/training-set-push-late-${day}`,
        datasets: [EXCHANGE],
        environment: 'prod',
      },
      until: dayAfter,
      uses: 1,
      ticket: 'CHG-2240',
      link: `${CHANGES}/CHG-2240`,
      reason: 'Weekly training set for the partner, after the price run',
    },
  };
  // Beside the grant that lets him write there: what he may run with it.
  const refunds: Decision = {
    time: '23:33:40',
    event: 'CHG-2231/approved',
    data: {
      id: 'CHG-2231',
      decision: 'approved',
      approver: 'chiara@example.com',
      requestedBy: 'goran@example.com',
      for: 'goran@example.com',
      what: {
        actions: ['job.submit', 'data.write'],
        job: `dataproc:${PROJECTS.prod.id}/${REGION}/job/refunds-push-${day}`,
        environment: 'prod',
      },
      until: dayAfter,
      ticket: 'CHG-2231',
      reason: 'partner needs the corrected refunds tonight',
    },
  };
  const export_: Decision = {
    time: '16:55:02',
    event: 'CHG-2237/denied',
    data: {
      id: 'CHG-2237',
      decision: 'denied',
      approver: 'goran@example.com',
      requestedBy: 'hana@example.com',
      for: 'hana@example.com',
      what: {
        actions: ['data.read', 'data.share'],
        datasets: ['gs://acme-exports/clicks'],
        environment: 'prod',
      },
      ticket: 'CHG-2237',
      reason: 'click data leaves the region',
    },
  };
  const revoked: Decision = {
    time: '19:10:30',
    event: 'CHG-2198/revoked',
    data: {
      id: 'CHG-2198',
      decision: 'revoked',
      approver: 'chiara@example.com',
      for: ACCOUNTS.partnerSync,
      what: { actions: ['job.submit'], datasets: ['gs://acme-partner-exchange/prices'], environment: 'prod' },
      ticket: 'CHG-2198',
    },
  };
  // Who published this is not known: it has the form of an approval and no proof.
  const claimed: Decision = {
    time: '00:01:59',
    event: 'CHG-2229/approved',
    data: {
      id: 'CHG-2229',
      decision: 'approved',
      approver: 'farah@example.com',
      for: 'ben@example.com',
      what: { actions: ['job.submit', 'data.write'], datasets: [EXCHANGE], environment: 'prod' },
      until: new Date(scene.midnight + clock('02:00:00')).toISOString(),
      ticket: 'CHG-2229',
    },
  };
  // As if the change system had signed it, with a key that is not its own.
  const forged: Decision = {
    time: '22:56:12',
    event: 'CHG-2244/approved',
    data: {
      id: 'CHG-2244',
      decision: 'approved',
      approver: 'goran@example.com',
      for: 'ben@example.com',
      what: { actions: ['job.submit', 'data.share'], datasets: [EXCHANGE], environment: 'prod' },
      until: dayAfter,
      ticket: 'CHG-2244',
    },
  };
  return [
    ...[latePush, refunds, export_, revoked].map((decision) =>
      sent(decision.time, signed(record(scene, decision))),
    ),
    sent(claimed.time, record(scene, claimed)),
    sent(forged.time, signed(record(scene, forged), 'somebody else')),
  ];
}
