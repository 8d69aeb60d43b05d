/** One policy, one name through all its versions, and a digest that is equal for equal contents. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogEntry } from '../../../schemas/log-entry.ts';
import { canonicalDigest } from '../../../shared/envelope/canonical.ts';
import type { PolicyVersion } from '../../../shared/model/event.ts';
import { kubernetes } from '../../../shared/sources/kubernetes/index.ts';
import { eventOf } from '../../support/audit-samples.ts';

interface Call {
  readonly group?: string;
  readonly version?: string;
  readonly plural?: string;
  readonly name?: string | undefined;
  readonly request?: unknown;
  readonly response?: unknown;
  readonly labels?: Record<string, string>;
  readonly status?: unknown;
}

/** `METHOD` and `resourceName` as a GKE entry has them. */
function version(verb: string, call: Call = {}): PolicyVersion | undefined {
  const { group = 'security.istio.io', version: api = 'v1', plural = 'authorizationpolicies' } = call;
  const name = 'name' in call ? call.name : 'jobs';
  const reversed = group === 'core' ? 'io.k8s.core' : group.split('.').toReversed().join('.');
  const entry = LogEntry.parse({
    logName: 'projects/p/logs/cloudaudit.googleapis.com%2Factivity',
    resource: { type: 'k8s_cluster', labels: { project_id: 'p', location: 'l', cluster_name: 'c' } },
    labels: call.labels,
    protoPayload: {
      serviceName: 'k8s.io',
      methodName: `${reversed}.${api}.${plural}.${verb}`,
      resourceName: `${group}/${api}/namespaces/data/${plural}${name === undefined ? '' : `/${name}`}`,
      authenticationInfo: { principalEmail: 'ana@example.com' },
      request: call.request,
      response: call.response,
      status: call.status,
    },
  });
  return eventOf(kubernetes, entry).policy;
}

const object = (spec: unknown, metadata: object = {}): object => ({
  '@type': 'security.istio.io/v1.AuthorizationPolicy',
  apiVersion: 'security.istio.io/v1',
  kind: 'AuthorizationPolicy',
  metadata: { name: 'jobs', uid: 'u', resourceVersion: '9', ...metadata },
  spec,
  status: { conditions: [] },
});
const CLOSED = { action: 'ALLOW', rules: [{ from: [{ source: { namespaces: ['etl'] } }] }] };
const OPEN = { action: 'ALLOW', rules: [{}] };
const STATUS = { '@type': 'core.k8s.io/v1.Status', kind: 'Status', status: 'Success' };

describe('a policy object', () => {
  const life = [
    version('create', { request: object(CLOSED) }),
    version('patch', { request: { spec: OPEN }, response: object(OPEN, { resourceVersion: '10' }) }),
    version('update', { version: 'v1beta1', request: object({ rules: CLOSED.rules, action: 'ALLOW' }) }),
    version('patch', { request: { spec: OPEN } }),
    version('delete', { response: STATUS }),
  ];

  it('has one name through all its versions', () => {
    expect(new Set(life.map((one) => `${one?.plane} ${one?.policy}`))).toEqual(
      new Set(['mesh kubernetes:p/l/c/data/authorizationpolicies.security.istio.io/jobs']),
    );
    expect(life.map((one) => one?.change)).toEqual(['set', 'set', 'set', 'delta', 'delete']);
  });

  it('has the digest of its specification, and after a revert that of before', () => {
    expect(life[0]?.digest).toBe(canonicalDigest(JSON.stringify(CLOSED)));
    expect(life[2]?.digest).toBe(life[0]?.digest);
    expect(life[1]?.digest).not.toBe(life[0]?.digest);
    expect([life[3]?.digest, life[4]?.digest]).toEqual([undefined, undefined]);
  });

  it('of equal specifications has one digest, whatever the order of keys and the metadata', () => {
    const json = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }));
    fc.assert(
      fc.property(json, fc.string(), (spec, manager) => {
        const reversed: unknown = JSON.parse(JSON.stringify(spec), (_key, value: unknown) =>
          typeof value === 'object' && value !== null && !Array.isArray(value)
            ? Object.fromEntries(Object.entries(value).toReversed())
            : value,
        );
        const sent = version('create', { request: object(spec) });
        const stored = version('update', { response: object(reversed, { managedFields: [{ manager }] }) });
        expect(stored).toEqual(sent);
      }),
    );
  });

  it.each([
    ['was refused', { status: { code: 7 } }],
    ['failed', { status: { code: 9 } }],
    ['was forbidden', { labels: { 'authorization.k8s.io/decision': 'forbid' } }],
    ['was a dry run', { labels: { 'command.gke.io/dryRun': 'All' } }],
  ])('whose change %s has no new version', (_what, more) => {
    expect(version('update', { request: object(OPEN), ...more })).toBeUndefined();
  });

  it.each([
    ['deletecollection', { name: undefined }],
    ['create', { name: undefined, request: object(OPEN, { name: undefined }) }],
    ['create', { name: undefined, request: object(OPEN, { name: '../x' }) }],
  ])('%s that names none is a difference of the collection', (verb, call) => {
    expect(version(verb, call)).toEqual({
      plane: 'mesh',
      policy: 'kubernetes:p/l/c/data/authorizationpolicies.security.istio.io/*',
      change: 'delta',
    });
  });

  it('of which the answer has the metadata alone is a difference', () => {
    const response = { kind: 'PartialObjectMetadata', metadata: { name: 'jobs' } };
    expect(version('patch', { response })?.change).toBe('delta');
  });

  it('that is only tried out is another content', () => {
    const annotations = {
      'istio.io/dry-run': 'true',
      'kubectl.kubernetes.io/last-applied-configuration': 'x',
    };
    const tried = version('create', { request: object(CLOSED, { annotations }) });
    expect(tried?.digest).toBe(
      canonicalDigest(JSON.stringify({ spec: CLOSED, annotations: { 'istio.io/dry-run': 'true' } })),
    );
  });
});

describe('other kinds', () => {
  const namespace = (labels: object): Call => ({
    group: 'core',
    plural: 'namespaces',
    request: { kind: 'Namespace', metadata: { name: 'data', labels }, spec: { finalizers: ['kubernetes'] } },
  });

  it('a namespace is what switches the mesh in it, and one of its own policies', () => {
    const bare = version('create', { ...namespace({ team: 'a' }), name: undefined });
    expect(bare?.policy).toBe('kubernetes:p/l/c/data/namespaces/data');
    expect(version('update', namespace({ team: 'b' }))?.digest).toBe(bare?.digest);
    const injected = version('update', namespace({ 'istio-injection': 'enabled' }));
    expect(injected?.digest).not.toBe(bare?.digest);
    expect(version('update', namespace({ 'istio.io/rev': 'x' }))?.digest).not.toBe(bare?.digest);
  });

  it.each([
    ['networking.istio.io', 'envoyfilters', 'mesh'],
    ['telemetry.istio.io', 'telemetries', 'mesh'],
    ['networking.k8s.io', 'networkpolicies', 'mesh'],
    ['gateway.networking.k8s.io', 'httproutes', 'gateway'],
    ['configuration.konghq.com', 'kongplugins', 'gateway'],
    ['rbac.authorization.k8s.io', 'rolebindings', 'iam'],
    ['constraints.gatekeeper.sh', 'k8srequiredlabels', 'organisation'],
  ])('%s %s are of the plane %s', (group, plural, plane) => {
    const one = version('create', {
      group,
      plural,
      request: { kind: 'K', metadata: { name: 'jobs' }, a: 1 },
    });
    expect(one).toMatchObject({
      plane,
      policy: `kubernetes:p/l/c/data/${plural}.${group}/jobs`,
      change: 'set',
      digest: canonicalDigest('{"a":1}'),
    });
  });

  it.each([
    ['core', 'secrets'],
    ['apps', 'deployments'],
    ['core', 'services'],
  ])('%s %s are no policies', (group, plural) => {
    expect(version('update', { group, plural, request: object({}) })).toBeUndefined();
  });
});
