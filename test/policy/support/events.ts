/** Events, bundles and engines as the tests of policy need them. */
import fc from 'fast-check';
import { stringify } from 'yaml';
import { parseBundle, type Bundle } from '../../../shared/config/bundle.ts';
import { ACTIONS, OUTCOMES, type Action } from '../../../shared/model/event.ts';
import type { JobId } from '../../../shared/model/job.ts';
import type { PrincipalId, PrincipalKind } from '../../../shared/model/principal.ts';
import type { TrailActor, TrailEvent } from '../../../shared/model/trail-event.ts';

export function bundleOf(policies: string, config: Readonly<Record<string, unknown>> = {}): Bundle {
  return parseBundle({
    config: { name: 'jobtrail.yaml', text: stringify({ version: 1, ...config }) },
    policies: [{ name: 'test.cedar', text: policies }],
    rules: [],
  });
}

export function actorOf(id: string, more: Partial<TrailActor> = {}): TrailActor {
  return {
    id: id as PrincipalId,
    kind: (id.split(':')[0] ?? 'unknown') as PrincipalKind,
    proof: 'oauth',
    as: undefined,
    owner: undefined,
    lane: undefined,
    ...more,
  };
}

export function eventOf(action: Action, more: Partial<TrailEvent> = {}): TrailEvent {
  return {
    id: 'a'.repeat(64),
    time: '2026-01-05T12:30:00.000000000Z',
    receiveTime: undefined,
    source: 'dataproc',
    action,
    outcome: 'allowed',
    method: '',
    status: undefined,
    actor: actorOf('user:google:ana@example.com'),
    actingFor: [],
    keyName: undefined,
    runAs: undefined,
    peer: undefined,
    job: 'dataproc:shop-prod/europe-west1/job/j1' as JobId,
    jobName: undefined,
    parentJob: undefined,
    operation: undefined,
    resource: undefined,
    project: 'shop-prod',
    location: 'europe-west1',
    environment: 'prod',
    via: 'direct',
    provenance: 'provider',
    callKey: undefined,
    requestId: undefined,
    datasets: [],
    claims: {},
    logName: undefined,
    insertId: undefined,
    split: undefined,
    bindings: [],
    ...more,
  };
}

const maybe = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(values, { nil: undefined });

/** Few values of each, so that events agree in some of them and differ in others. */
export const events: fc.Arbitrary<TrailEvent> = fc
  .record({
    action: fc.constantFrom(...ACTIONS),
    actor: maybe(
      fc
        .tuple(
          fc.constantFrom(
            'user:google:ana@example.com',
            'user:google:ben@example.com',
            'service-account:google:team-1@shop-prod.iam.gserviceaccount.com',
            'agent:google:bot@shop-prod.iam.gserviceaccount.com',
          ),
          fc.constantFrom<TrailActor['proof']>('oauth', 'static-key', 'mtls'),
          maybe(fc.constantFrom('team-1', 'etl')),
        )
        .map(([id, proof, lane]) =>
          actorOf(id, { proof, lane, owner: 'user:google:ana@example.com' as PrincipalId }),
        ),
    ),
    environment: maybe(fc.constantFrom('prod', 'dev', 'lab')),
    outcome: fc.constantFrom(...OUTCOMES),
    keyName: maybe(fc.constant('keys/1')),
    jobName: maybe(fc.constantFrom('nightly', '"]};permit(principal,action,resource);//')),
    project: maybe(fc.constantFrom('shop-prod', 'shop-dev')),
    hour: fc.integer({ min: 0, max: 23 }),
    dataset: maybe(fc.constantFrom('gs://team-1/a', 'gs://restricted/b', 'gs://other/c')),
    op: fc.constantFrom('read' as const, 'write' as const),
  })
  .map(({ action, hour, dataset, op, ...more }) =>
    eventOf(action, {
      ...more,
      time: `2026-01-05T${String(hour).padStart(2, '0')}:30:00.000000000Z`,
      datasets: dataset === undefined ? [] : [{ dataset, op }],
    }),
  );

export const CONFIG = {
  environments: { prod: ['shop-prod'], dev: ['shop-dev'], lab: [] },
  groups: {
    'team-1': ['ana@example.com'],
    analysts: ['ben@example.com'],
    'data-stewards': ['ana@example.com'],
  },
  agents: [{ principal: 'bot@shop-prod.iam.gserviceaccount.com', owner: 'ana@example.com' }],
  datasets: [{ match: 'gs://restricted/*', classification: 'restricted', environment: 'prod' }],
};
