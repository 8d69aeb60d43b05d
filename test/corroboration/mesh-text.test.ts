/** What an AuthorizationPolicy says of a request; what no record tells is not guessed. */
import { describe, expect, it } from 'vitest';
import { meshTextSays, type MeshRequest } from '../../shared/corroboration/gates/mesh-text.ts';

const REQUEST: MeshRequest = {
  principal: 'acme.svc.id.goog/ns/pipelines/sa/scheduler',
  namespace: 'pipelines',
  method: 'POST',
  path: '/v1/projects/p/regions/r/jobs:submit',
  workload: ['dataproc-proxy'],
};

const says = (spec: object, more: Partial<MeshRequest> = {}, action = 'ALLOW') =>
  meshTextSays({ spec: JSON.stringify(spec), policyAction: action }, { ...REQUEST, ...more });
const source = (fields: object) => ({ rules: [{ from: [{ source: fields }] }] });
const operation = (fields: object) => ({ rules: [{ to: [{ operation: fields }] }] });

describe('an ALLOW', () => {
  it.each([
    ['no rules', {}, 'deny'],
    ['an empty rule', { rules: [{}] }, 'allow'],
    ['the principal', source({ principals: [REQUEST.principal] }), 'allow'],
    ['a beginning', source({ principals: ['acme.svc.id.goog/ns/pipelines/*'] }), 'allow'],
    ['an end', source({ principals: ['*/sa/scheduler'] }), 'allow'],
    ['any principal', source({ principals: ['*'] }), 'allow'],
    ['another namespace', source({ namespaces: ['etl'] }), 'deny'],
    ['not this namespace', source({ notNamespaces: ['pipelines'] }), 'deny'],
    ['an address', source({ ipBlocks: ['10.0.0.0/8'] }), undefined],
    ['an address and another namespace', source({ ipBlocks: ['10.0.0.0/8'], namespaces: ['etl'] }), 'deny'],
    ['an end user', source({ requestPrincipals: ['*'] }), undefined],
    ['the method', operation({ methods: ['POST'] }), 'allow'],
    ['another method', operation({ methods: ['GET'] }), 'deny'],
    ['the path', operation({ paths: ['/v1/*'] }), 'allow'],
    ['a template of a path', operation({ paths: ['/v1/{*}'] }), undefined],
    ['a header', { rules: [{ when: [{ key: 'request.headers[x]', values: ['y'] }] }] }, undefined],
    [
      'a condition on the namespace',
      { rules: [{ when: [{ key: 'source.namespace', notValues: ['pipelines'] }] }] },
      'deny',
    ],
    [
      'its workload',
      { ...source({ namespaces: ['etl'] }), selector: { matchLabels: { app: 'dataproc-proxy' } } },
      'deny',
    ],
    [
      'another workload',
      { ...source({ namespaces: ['etl'] }), selector: { matchLabels: { app: 'web' } } },
      'allow',
    ],
    [
      'a label',
      { ...source({ namespaces: ['etl'] }), selector: { matchLabels: { tier: 'jobs' } } },
      undefined,
    ],
    ['a gateway', { rules: [{}], targetRefs: [{ kind: 'Gateway', name: 'egress' }] }, undefined],
  ])('of %s', (_, spec, expected) => {
    expect(says(spec)).toBe(expected);
  });

  it('of any principal is for whoever proved one', () => {
    expect(says(source({ principals: ['*'] }), { principal: undefined })).toBe('deny');
    expect(says(source({ notPrincipals: ['a/*'] }), { principal: undefined })).toBe('allow');
  });
});

it('says the opposite where it is a DENY, and nothing where it is neither or cannot be read', () => {
  expect(says(source({ namespaces: ['pipelines'] }), {}, 'DENY')).toBe('deny');
  expect(says(source({ namespaces: ['etl'] }), {}, 'DENY')).toBe('allow');
  expect(says({ rules: [{}] }, {}, 'CUSTOM')).toBeUndefined();
  expect(meshTextSays({ policyAction: 'ALLOW', spec: '{"rules":[{"fr…' }, REQUEST)).toBeUndefined();
  expect(meshTextSays({ policyAction: 'DENY', spec: '{"rules":[{}]}', shadow: true }, REQUEST)).toBe('allow');
});
