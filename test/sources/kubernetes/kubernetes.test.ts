import { describe, expect, it } from 'vitest';
import { LogEntry } from '../../../schemas/log-entry.ts';
import type { AuditEventDraft, Normalised } from '../../../shared/model/event.ts';
import { kubernetes } from '../../../shared/sources/kubernetes/index.ts';
import { callOf } from '../../../shared/sources/kubernetes/method.ts';
import { constructed, eventOf, eventsOf } from '../../support/audit-samples.ts';
import { throwsNothing } from '../../support/constructed.ts';
import { sampleLines } from '../../support/samples.ts';

const all = constructed('kubernetes');

interface Call {
  readonly as?: string;
  readonly request?: unknown;
  readonly response?: unknown;
  readonly status?: unknown;
  readonly labels?: Record<string, string>;
}
const api = (methodName: string, resourceName: string, more: Call = {}): LogEntry =>
  LogEntry.parse({
    logName: 'projects/p/logs/cloudaudit.googleapis.com%2Factivity',
    resource: { type: 'k8s_cluster', labels: { project_id: 'p', location: 'l', cluster_name: 'c' } },
    labels: more.labels,
    protoPayload: {
      serviceName: 'k8s.io',
      methodName,
      resourceName,
      authenticationInfo: { principalEmail: more.as ?? 'ana@example.com' },
      request: more.request,
      response: more.response,
      status: more.status,
    },
  });
const told = (...call: Parameters<typeof api>): AuditEventDraft => eventOf(kubernetes, api(...call));
const ended = (...call: Parameters<typeof api>): Normalised => kubernetes.normalise(api(...call));

const POLICY = 'io.istio.security.v1.authorizationpolicies';
const NAME = 'security.istio.io/v1/namespaces/data/authorizationpolicies/jobs';

describe('the grammar of a call', () => {
  it.each([
    ['io.k8s.core.v1.pods.exec.create', 'core/v1/namespaces/n/pods/p/exec', 'core/pods:exec create n p'],
    [`${POLICY}.patch`, NAME, 'security.istio.io/authorizationpolicies: patch data jobs'],
    [
      'io.k8s.authorization.rbac.v1.clusterroles.create',
      'rbac.authorization.k8s.io/v1/clusterroles/x',
      'rbac.authorization.k8s.io/clusterroles: create - x',
    ],
    ['io.k8s.core.v1.namespaces.patch', 'core/v1/namespaces/data', 'core/namespaces: patch data data'],
    [
      'io.istio.security.v1.authorizationpolicies.create',
      undefined,
      'security.istio.io/authorizationpolicies: create - -',
    ],
    ['io.k8s.core.v1.pods.list', undefined, 'core/pods: list - -'],
  ])('%s of %s', (method, resource, expected) => {
    const call = callOf(method, resource);
    expect(
      call &&
        `${call.group}/${call.plural}:${call.subresource} ${call.verb} ${call.namespace ?? '-'} ${call.name ?? '-'}`,
    ).toBe(expected);
  });

  it.each([
    '',
    'x',
    'io.k8s.core.v1',
    'io.k8s.core.v1.pods',
    '...',
    'a.b.c.d.e',
    `${'a.'.repeat(40)}v1.pods.get`,
  ])('%j is none', (method) => {
    expect(callOf(method, 'core/v1/pods')).toBeUndefined();
  });
});

describe('a change of mesh policy', () => {
  const spec = { action: 'DENY', rules: [{ to: [{ operation: { methods: ['DELETE'] } }] }] };
  const object = {
    kind: 'AuthorizationPolicy',
    metadata: { uid: 'u', generation: 3, resourceVersion: '9' },
    spec,
  };

  it('tells the object after it, its version and its digest', () => {
    expect(told(`${POLICY}.update`, NAME, { response: object })).toMatchObject({
      action: 'policy.change',
      claims: {
        cluster: 'p/l/c',
        namespace: 'data',
        name: 'jobs',
        generation: 3,
        resourceVersion: '9',
        policyAction: 'DENY',
        rules: 1,
      },
    });
  });

  it('gives one digest to one specification, sent or stored', () => {
    const reordered = { ...object, spec: { rules: spec.rules, action: spec.action } };
    const sent = told(`${POLICY}.create`, NAME, { request: reordered }).claims?.['specDigest'];
    expect(sent).toBe(told(`${POLICY}.update`, NAME, { response: object }).claims?.['specDigest']);
  });

  it('is never left out, whoever makes it', () => {
    for (const as of [
      'system:node:n',
      'system:apiserver',
      'system:serviceaccount:kube-system:namespace-controller',
    ]) {
      expect(told(`${POLICY}.delete`, NAME, { as }).action).toBe('policy.change');
    }
  });

  it('that was only tried is none', () => {
    const labels = { 'command.gke.io/dryRun': 'All' };
    expect(told(`${POLICY}.delete`, NAME, { labels })).toMatchObject({
      action: 'metadata.read',
      claims: { dryRun: 'All', wouldBe: 'policy.change' },
    });
  });

  it('that RBAC forbade is denied, also without a status', () => {
    const labels = { 'authorization.k8s.io/decision': 'forbid' };
    expect(told(`${POLICY}.delete`, NAME, { labels }).outcome).toBe('denied');
  });

  it.each([
    [{}, { rules: 0 }, 'matchesAll'],
    [{ rules: [{}] }, { rules: 1, matchesAll: true }, 'shadow'],
    [{ rules: [{ from: [{ source: { principals: ['*'] } }] }] }, { wildcardPrincipal: true }, 'matchesAll'],
  ])('with %j', (written, expected, absent) => {
    const { claims } = told(`${POLICY}.create`, NAME, { request: { ...object, spec: written } });
    expect(claims).toMatchObject({ policyAction: 'ALLOW', ...expected });
    expect(claims).not.toHaveProperty(absent);
  });

  it('of a status is bookkeeping', () => {
    expect(ended(`${POLICY}.status.patch`, `${NAME}/status`)).toEqual({
      kind: 'filtered',
      rule: 'kubernetes-status',
    });
  });
});

describe('what is left out', () => {
  it('is what controllers derive, not what others make under a like name', () => {
    const pod = ['io.k8s.core.v1.pods.create', 'core/v1/namespaces/n/pods/p'] as const;
    const as = 'system:serviceaccount:kube-system:replicaset-controller';
    expect(ended(...pod, { as })).toEqual({ kind: 'filtered', rule: 'kubernetes-controller' });
    expect(told(...pod, { as: 'system:serviceaccount:default:replicaset-controller' }).action).toBe(
      'workload.change',
    );
    expect(told(...pod, { as: `${as}x` }).action).toBe('workload.change');
  });

  it('is an allowed read; a refused one is kept', () => {
    const list = ['io.k8s.core.v1.pods.list', 'core/v1/namespaces/n/pods'] as const;
    expect(ended(...list)).toEqual({ kind: 'filtered', rule: 'kubernetes-read' });
    expect(told(...list, { status: { code: 7 } })).toMatchObject({
      action: 'metadata.read',
      outcome: 'denied',
    });
  });

  it('has a rule with a name', () => {
    const rules = all
      .map((entry) => kubernetes.normalise(entry))
      .flatMap((result) => (result.kind === 'filtered' ? [result.rule] : []));
    expect(new Set(rules)).toEqual(
      new Set([
        'kubernetes-access-review',
        'kubernetes-controller',
        'kubernetes-endpoint',
        'kubernetes-event',
        'kubernetes-lease',
        'kubernetes-out-of-scope',
        'kubernetes-read',
        'kubernetes-status',
        'kubernetes-upkeep',
      ]),
    );
  });
});

describe('who called', () => {
  it('is a name of the cluster, or a Google account', () => {
    const list = ['io.k8s.core.v1.secrets.list', 'core/v1/secrets'] as const;
    expect(told(...list).identity.caller).toEqual({ kind: 'google', email: 'ana@example.com' });
    expect(told(...list, { as: 'system:serviceaccount:etl:runner' }).identity.caller).toEqual({
      kind: 'kubernetes',
      name: 'system:serviceaccount:etl:runner',
      cluster: 'p/l/c',
    });
  });
});

describe('constructed samples', () => {
  it('are marked, and show a refused end of each kind of action that has one', () => {
    expect(all.every((entry) => entry.labels?.['jobtrail.example/constructed'] === 'true')).toBe(true);
    const refused = new Set(
      eventsOf(kubernetes)
        .filter(({ outcome }) => outcome === 'denied')
        .map(({ action }) => action),
    );
    for (const action of [
      'policy.change',
      'iam.change',
      'secret.read',
      'exec.interactive',
      'metadata.read',
      'log.change',
    ] as const) {
      expect(refused, action).toContain(action);
    }
  });

  it('let no secret, token, argument or variable into an event', () => {
    const raw = JSON.stringify(all);
    for (const secret of [
      's3cr3t-token',
      's3cr3t-env',
      's3cr3t-arg',
      's3cr3t-path',
      's3cr3t-of-the-upstream',
      'czNjcjN0',
    ]) {
      expect(raw).toContain(secret);
    }
    const events = JSON.stringify(eventsOf(kubernetes));
    expect(events).not.toContain('s3cr3t');
    expect(events).not.toContain('czNjcjN0');
  });
});

describe('any entry', () => {
  it('never throws, whatever stands where a field is read', () => {
    expect(() => throwsNothing(kubernetes, all)).not.toThrow();
  });
});

describe('entries by others', () => {
  const entries = sampleLines('k8s')
    .flatMap(({ lines }) => lines.map((line) => LogEntry.parse(JSON.parse(line))))
    .filter((entry) => entry.protoPayload !== undefined);

  it.skipIf(entries.length === 0)('are all owned, and stored or left out by name', () => {
    expect(entries.filter((entry) => !kubernetes.owns(entry))).toEqual([]);
    const results = entries.map((entry) => kubernetes.normalise(entry));
    expect(results.filter(({ kind }) => kind === 'refused')).toEqual([]);
    expect(results.filter((result) => result.kind === 'event' && result.unknownMethod !== undefined)).toEqual(
      [],
    );
    const actions = new Set(
      results.flatMap((result) => (result.kind === 'event' ? [result.event.action] : [])),
    );
    expect([...actions].toSorted()).toEqual([
      'compute.change',
      'exec.interactive',
      'iam.change',
      'metadata.read',
      'network.change',
      'schedule.change',
      'secret.read',
      'workload.change',
    ]);
  });
});
