import { describe, expect, test } from 'vitest';
import { parseKubernetesName } from '../../../shared/identity/grammar/kubernetes.ts';
import { parseSpiffe, parseUriSan } from '../../../shared/identity/grammar/spiffe.ts';

describe('SPIFFE ids', () => {
  test.each([
    ['SPIFFE://P.svc.id.goog/ns/a/sa/b', 'workload:spiffe/p.svc.id.goog:ns/a/sa/b'],
    ['spiffe://td.example/Mixed/Case', 'workload:spiffe/td.example:Mixed/Case'],
    [
      'spiffe://agents.global.org-1.system.id.goog/resources/x',
      'agent:spiffe/agents.global.org-1.system.id.goog:resources/x',
    ],
    [
      'spiffe://agents.global.org-1.system.id.goog.evil.example/resources/x',
      'workload:spiffe/agents.global.org-1.system.id.goog.evil.example:resources/x',
    ],
    ['spiffe://cluster.local/ns/a/sa/b', 'workload:spiffe/cluster.local/-:ns/a/sa/b'],
  ])('%s', (uri, id) => {
    expect(parseUriSan(uri).id).toBe(id);
  });

  test.each([
    'spiffe://td.example',
    'spiffe://td.example/',
    'spiffe:///ns/a/sa/b',
    'spiffe://td.example:8443/a',
    'spiffe://user@td.example/a',
    'spiffe://td.example/a//b',
    'spiffe://td.example/a/../b',
    'spiffe://td.example/a/',
    'spiffe://td.example/a?b',
    'spiffe://td.example/a#b',
    'spiffe://td.example/%61',
    'https://td.example/a',
    `spiffe://td.example/${'a'.repeat(2048)}`,
  ])('%s is none, and is kept as an unknown URI', (uri) => {
    expect(parseSpiffe(uri)).toBeUndefined();
    expect(parseUriSan(uri)).toMatchObject({ kind: 'unknown', issuer: 'uri-san', subject: uri });
  });

  test('cluster.local means something in its cluster only; other domains mean the same everywhere', () => {
    const local = 'spiffe://cluster.local/ns/a/sa/b';
    expect(parseUriSan(local, 'p/l/one').id).not.toBe(parseUriSan(local, 'p/l/two').id);
    const unique = 'spiffe://p.svc.id.goog/ns/a/sa/b';
    expect(parseUriSan(unique, 'p/l/one')).toEqual(parseUriSan(unique, 'p/l/two'));
  });
});

describe('Kubernetes names', () => {
  test.each([
    ['system:serviceaccount:kube-system:default', 'workload:kubernetes/p/l/c:ns/kube-system/sa/default'],
    ['system:node:gke-1', 'system:kubernetes/p/l/c:system:node:gke-1'],
    ['system:gcp-controller-manager', 'system:kubernetes/p/l/c:system:gcp-controller-manager'],
    ['system:anonymous', 'unknown:kubernetes/p/l/c:system:anonymous'],
    ['system:serviceaccount:a', 'unknown:kubernetes/p/l/c:system:serviceaccount:a'],
    ['system:serviceaccount:a:b/../c', 'unknown:kubernetes/p/l/c:system:serviceaccount:a:b/../c'],
    ['system:serviceaccount:a:b:c', 'unknown:kubernetes/p/l/c:system:serviceaccount:a:b:c'],
    ['kubernetes-admin', 'unknown:kubernetes/p/l/c:kubernetes-admin'],
    ['Ana@example.com', 'user:google:ana@example.com'],
  ])('%s', (name, id) => {
    expect(parseKubernetesName(name, 'p/l/c').id).toBe(id);
  });
});
