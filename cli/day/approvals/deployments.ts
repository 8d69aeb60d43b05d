/** What CI and a person by hand put where jobs take their code from: CloudEvents `jobtrail.deploy.v1`, with the digests. */
import { hash } from 'node:crypto';
import { GITHUB_ISSUER, REPOSITORY } from '../company.ts';
import type { Json, RecordDraft } from '../entry.ts';
import { clock } from '../scene.ts';
import type { Scene } from '../scene.ts';
import { withWorkflowToken } from './signing.ts';
import type { Unsigned } from './signing.ts';

const CODE = 'gs://acme-code';

interface Deployment {
  readonly time: string;
  readonly commit: string;
  readonly environment: string;
  readonly scripts: readonly string[];
  readonly people: Json;
}

function record(scene: Scene, { time, commit, environment, scripts, people }: Deployment): Unsigned {
  const at = scene.midnight + clock(time);
  const run = String(19_482_000_000 + Math.floor(clock(time) / 1000));
  return {
    specversion: '1.0',
    type: 'jobtrail.deploy.v1',
    source: `https://github.com/${REPOSITORY}/actions`,
    id: run,
    time: new Date(at).toISOString(),
    data: {
      repository: `https://github.com/${REPOSITORY}`,
      commit,
      ref: 'refs/heads/main',
      environment,
      pipeline: {
        name: 'deploy',
        run,
        link: `https://github.com/${REPOSITORY}/actions/runs/${run}`,
      },
      objects: scripts.map((script) => ({
        uri: `${CODE}/${script}`,
        sha256: hash('sha256', `${script} at ${commit}`),
        generation: `${String(at)}000`,
      })),
      ...people,
    },
  };
}

const REVIEWED = { author: 'ana@example.com', reviewers: ['chiara@example.com', 'emeka@example.com'] };

export function deployRecords(scene: Scene): readonly RecordDraft[] {
  const commit = (time: string): string => hash('sha1', `${scene.date} ${time}`);
  const byCi: readonly Deployment[] = [
    {
      time: '06:10:50',
      commit: commit('06:10:50'),
      environment: 'prod',
      scripts: ['share/push_dataset.py', 'pricing/propose.py', 'ml/training_set.py'],
      people: REVIEWED,
    },
    {
      time: '14:32:20',
      commit: commit('14:32:20'),
      environment: 'staging',
      scripts: ['orders/curate.py', 'lib/acme_data-4.2.0.zip'],
      people: { author: 'emeka@example.com', reviewers: ['ana@example.com'] },
    },
  ];
  // Copied to the bucket by hand: nobody reviewed it, and nothing proves what it says.
  const byHand: Deployment = {
    time: '10:38:30',
    commit: commit('10:38:30'),
    environment: 'dev',
    scripts: ['tmp/export.py', 'tmp/sample.py'],
    people: { deployer: 'ivo@example.com' },
  };
  const sent = (time: string, event: Unsigned): RecordDraft => ({
    at: clock(time),
    to: 'deployments',
    text: JSON.stringify(event),
  });
  return [
    ...byCi.map((deployment) =>
      sent(deployment.time, withWorkflowToken(withDeployer(record(scene, deployment)))),
    ),
    sent(byHand.time, record(scene, byHand)),
  ];
}

/** The workflow itself, as its token names it: issuer and subject. */
const withDeployer = (event: Unsigned): Unsigned => ({
  ...event,
  data: { ...event.data, deployer: `${GITHUB_ISSUER}/repo:${REPOSITORY}:ref:refs/heads/main` },
});
