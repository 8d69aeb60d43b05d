/** Deploy records as CI publishes them; constructed from the schema, proven with keys of tests. */
import type { Deploy } from '../../../schemas/deploy.ts';
import { AUDIENCE, claimsFor, GITHUB, GITLAB, proven, signature, token } from '../../support/attest.ts';

type Json = Readonly<Record<string, unknown>>;

export function deploy(
  over: Partial<Deploy['data']> = {},
  event: Partial<Omit<Deploy, 'data'>> = {},
): Deploy {
  return {
    specversion: '1.0',
    type: 'jobtrail.deploy.v1',
    source: 'https://github.com/shop/etl',
    id: 'run-7391/1',
    time: '2026-11-18T06:30:00Z',
    ...event,
    data: {
      repository: 'https://github.com/shop/etl',
      commit: '3f786850e387550fdab836ed7e6dc881de23001b',
      ref: 'refs/heads/main',
      author: 'ana.ruiz@example.com',
      reviewers: ['li.wei@example.com', 'octocat'],
      environment: 'prod',
      pipeline: { name: 'deploy', run: '7391', link: 'https://github.com/shop/etl/actions/runs/7391' },
      objects: [
        {
          uri: 'gs://shop-code/etl/orders.py',
          sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
          generation: '1763447400123456',
          crc32c: 'AAAAAA==',
        },
        { uri: 'gs://shop-code/etl/lib.zip', md5: 'rL0Y20zC+Fzt72VPzMSk2A==' },
      ],
      ...over,
    },
  };
}

const ci = { sub: 'repo:shop/etl:environment:prod', repository: 'shop/etl', ref: 'refs/heads/main' };
const byToken = (record: Deploy, claims: Json = {}, key = 'github'): Deploy =>
  proven(
    record,
    token(claimsFor(record, { iss: GITHUB, ...ci, email: undefined, email_verified: undefined, ...claims }), {
      key,
    }),
  );

const controller = deploy({ deployer: 'gitops@shop-prod.iam.gserviceaccount.com' }, { id: 'sync-12' });
const nobody = deploy({ author: undefined, reviewers: undefined, pipeline: undefined }, { id: 'sync-13' });

/** File name to events, one a line. */
export const SAMPLES: Readonly<Record<string, readonly unknown[]>> = {
  'constructed-deployments': [
    byToken(deploy()),
    ...[controller, nobody].map((record) => proven(record, signature(record))),
    byToken(
      deploy({}, { id: 'pipeline-9' }),
      { iss: GITLAB, sub: 'project_path:shop/etl', aud: AUDIENCE },
      'gitlab',
    ),
  ],
  'constructed-unverified': [
    deploy(),
    controller,
    byToken(deploy(), { repository: 'intruder/etl' }),
    byToken(deploy({ deployer: 'ana.ruiz@example.com' })),
    proven(deploy({ commit: 'f'.repeat(40) }), byToken(deploy()).data.proof ?? ''),
  ],
  'constructed-refused': [
    deploy({ objects: [{ uri: 'gs://shop-code/etl/orders.py' }] }),
    deploy({ repository: 'https://token@github.com/shop/etl' }),
    deploy({ commit: 'main' }),
    deploy({ deployer: 'somebody' }),
  ],
};
