/** Records that reach the pipeline without a log entry around them: approvals, deployments, what APIs and metrics list. */
import { hash } from 'node:crypto';
import {
  CHANGES,
  CI_ISSUER,
  CI_SUBJECT,
  signed,
  withRunToken,
  type Signer,
} from '../organisation/signing.ts';
import type { Random } from '../random.ts';
import type { Json, Told } from '../told.ts';

export interface Approval {
  readonly at: number;
  readonly id: string;
  readonly approver: string;
  readonly requestedBy?: string;
  readonly for: string;
  readonly what: Json;
  readonly notBefore?: number;
  readonly until: number;
  readonly uses?: number;
  readonly decision?: 'approved' | 'revoked';
  /** Absent: the change system's own. `nobody`: it has the form of an approval and no proof. */
  readonly signer?: Signer | 'nobody';
}

const iso = (ms: number): string => new Date(Math.floor(ms)).toISOString();

export function approval(one: Approval): Told {
  const { at, signer = 'changes', decision = 'approved' } = one;
  const record = {
    specversion: '1.0' as const,
    type: 'jobtrail.approval.v1',
    source: CHANGES,
    id: `${one.id}/${decision}`,
    time: iso(at),
    data: {
      id: one.id,
      decision,
      approver: one.approver,
      ...(one.requestedBy === undefined ? {} : { requestedBy: one.requestedBy }),
      for: one.for,
      what: one.what,
      ...(one.notBefore === undefined ? {} : { notBefore: iso(one.notBefore) }),
      until: iso(one.until),
      ...(one.uses === undefined ? {} : { uses: one.uses }),
      ticket: one.id,
    },
  };
  return {
    at,
    path: 'approvals',
    form: 'record',
    text: JSON.stringify(signer === 'nobody' ? record : signed(record, signer)),
  };
}

export interface Deployed {
  readonly uri: string;
  readonly generation?: string;
  readonly content: string;
}

export function deployment(
  random: Random,
  at: number,
  environment: 'prod' | 'platform',
  objects: readonly Deployed[],
  proven = true,
): Told {
  const run = random.digits(11);
  const record = {
    specversion: '1.0' as const,
    type: 'jobtrail.deploy.v1',
    source: 'https://ci.sim.example.com/runs',
    id: run,
    time: iso(at),
    data: {
      repository: 'https://git.sim.example.com/data/jobs',
      commit: random.hex(40),
      ref: 'refs/heads/main',
      environment,
      pipeline: { name: 'deploy', run },
      objects: objects.map(({ uri, generation, content }) => ({
        uri,
        md5: hash('md5', content, 'base64'),
        ...(generation === undefined ? {} : { generation }),
      })),
      author: 'p001@example.com',
      reviewers: ['p002@example.com'],
      deployer: `${CI_ISSUER}/${CI_SUBJECT}`,
    },
  };
  return {
    at,
    path: 'deployments',
    form: 'record',
    text: JSON.stringify(proven ? withRunToken(record) : record),
  };
}

/** A job in one state, as its engine's API listed it when it was polled. */
export function observedJob(at: number, job: Json): Told {
  return {
    at,
    path: 'observed',
    form: 'record',
    text: JSON.stringify({ type: 'jobtrail.observed.v1', kind: 'job', ...job, time: iso(at) }),
  };
}

/** One point of a metric of Pub/Sub: what waits in the subscription of a path. */
export function backlogPoint(at: number, project: string, subscription: string, seconds: number): Told {
  return {
    at,
    path: 'observed',
    form: 'record',
    text: JSON.stringify({
      type: 'jobtrail.observed.v1',
      kind: 'metric',
      project,
      metric: 'pubsub.googleapis.com/subscription/oldest_unacked_message_age',
      resource: 'pubsub_subscription',
      resourceLabels: { project_id: project, subscription_id: subscription },
      aligner: 'ALIGN_MAX',
      periodSeconds: '60',
      startTime: iso(at - 60_000),
      time: iso(at),
      value: String(Math.round(seconds)),
    }),
  };
}
