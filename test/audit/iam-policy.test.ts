import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AuditLog } from '../../schemas/log-entry.ts';
import { auditEvent, finished } from '../../shared/audit/event.ts';
import { readPolicyChange } from '../../shared/audit/iam-policy.ts';
import type { AuditEventDraft } from '../../shared/model/event.ts';

function changed(payload: Record<string, unknown>): AuditEventDraft {
  const parsed = AuditLog.parse({ serviceName: 's', ...payload });
  const seen = auditEvent({ protoPayload: parsed }, parsed, 'SetIamPolicy', 'iam.change');
  readPolicyChange(seen);
  return finished(seen);
}
const deltas = (bindingDeltas: unknown, auditConfigDeltas?: unknown): Record<string, unknown> => ({
  serviceData: { policyDelta: { bindingDeltas, auditConfigDeltas } },
});

describe('the delta of an IAM policy', () => {
  const add = { action: 'ADD', role: 'roles/viewer', member: 'user:a@example.com' };

  it('can be read back, in order and with its conditions', () => {
    const condition = { title: 't', expression: 'request.time < timestamp("2026-06-01T00:00:00Z")' };
    const { claims } = changed(deltas([add, { ...add, action: 'REMOVE' }, { ...add, condition }]));
    expect(claims).toMatchObject({ bindingsAdded: 2, bindingsRemoved: 1 });
    expect(JSON.parse(String(claims?.['bindingDeltas']))).toEqual([
      ['ADD', 'roles/viewer', 'user:a@example.com'],
      ['REMOVE', 'roles/viewer', 'user:a@example.com'],
      ['ADD', 'roles/viewer', 'user:a@example.com', condition.expression],
    ]);
  });

  it('stands in the metadata of newer services', () => {
    const { claims } = changed({ metadata: { policyDelta: { bindingDeltas: [add] } } });
    expect(claims?.['bindingsAdded']).toBe(1);
  });

  it('hides nobody behind its length', () => {
    const many = Array.from({ length: 2000 }, () => add);
    const { claims } = changed(deltas([...many, { ...add, member: 'allUsers' }]));
    expect(claims).toMatchObject({ bindingsAdded: 2001, publicMember: true });
    const kept = JSON.parse(String(claims?.['bindingDeltas'])) as unknown[];
    expect(kept.length + Number(claims?.['bindingDeltasBeyondLimit'])).toBe(2001);
  });

  it('calls a removed public member no opening', () => {
    const { claims } = changed(deltas([{ ...add, action: 'REMOVE', member: 'allUsers' }]));
    expect(claims).not.toHaveProperty('publicMember');
  });

  it.each([
    [{ action: 'REMOVE', service: 'storage.googleapis.com', logType: 'DATA_READ' }, 1],
    [
      { action: 'ADD', service: 'allServices', logType: 'DATA_READ', exemptedMember: 'user:x@example.com' },
      1,
    ],
    [{ action: 'ADD', service: 'allServices', logType: 'DATA_READ' }, undefined],
    [
      {
        action: 'REMOVE',
        service: 'allServices',
        logType: 'DATA_READ',
        exemptedMember: 'user:x@example.com',
      },
      undefined,
    ],
  ])('of audit configuration %j reduces %s', (delta, reduced) => {
    const event = changed(deltas(undefined, [delta]));
    expect(event.action).toBe('log.change');
    expect(event.claims?.['auditReduced']).toBe(reduced);
  });

  it('of both kinds keeps the grants', () => {
    const event = changed(deltas([add], [{ action: 'ADD', service: 's', logType: 'DATA_READ' }]));
    expect(event).toMatchObject({ action: 'log.change', claims: { bindingsAdded: 1 } });
  });

  it('is replaced by the policy where the service records none', () => {
    const policy = {
      etag: 'before',
      bindings: [{ role: 'roles/run.invoker', members: ['allUsers'] }],
      auditConfigs: [
        { service: 's', auditLogConfigs: [{ logType: 'DATA_READ', exemptedMembers: ['user:a'] }] },
      ],
    };
    expect(changed({ request: { policy }, response: { etag: 'after' } }).claims).toEqual({
      etagBefore: 'before',
      etagAfter: 'after',
      publicMember: true,
      policyGrants: '[["roles/run.invoker","allUsers"]]',
      policyAuditConfigs: '[["s","DATA_READ","user:a"]]',
    });
  });

  it('never throws, whatever stands in it', () => {
    const tree = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.jsonValue({ maxDepth: 2 }),
        fc.dictionary(
          fc.constantFrom(
            'policyDelta',
            'bindingDeltas',
            'auditConfigDeltas',
            'policy',
            'bindings',
            'members',
            '__proto__',
          ),
          tie('tree'),
        ),
        fc.array(tie('tree'), { maxLength: 3 }),
      ),
    })).tree;
    fc.assert(
      fc.property(tree, tree, tree, (serviceData, metadata, request) => {
        expect(['iam.change', 'log.change']).toContain(changed({ serviceData, metadata, request }).action);
      }),
    );
  });
});
