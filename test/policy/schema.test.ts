import { schemaToJson } from '@cedar-policy/cedar-wasm/nodejs';
import { describe, expect, it } from 'vitest';
import { policySet } from '../../bench/mix/policies.ts';
import { ACTIONS } from '../../shared/model/event.ts';
import { PRINCIPAL_KINDS } from '../../shared/model/principal.ts';
import { DECIDED, groupOf, isDecided, resourceKindOf } from '../../shared/policy/actions.ts';
import { parsePolicies } from '../../shared/policy/policy-files.ts';
import { cedarSchema, PRINCIPAL_TYPES } from '../../shared/policy/schema.ts';

const answer = schemaToJson(cedarSchema());
const schema = answer.type === 'success' ? answer.json['Jobtrail'] : undefined;

describe('the Cedar schema', () => {
  it('is one that Cedar takes without a warning', () => {
    expect(answer).toMatchObject({ type: 'success', warnings: [] });
  });

  it('has every verb that is decided, with its group and what it is done to, and no other', () => {
    const actions = Object.entries(schema?.actions ?? {});
    const verbs = actions.filter(([, { appliesTo }]) => (appliesTo?.principalTypes.length ?? 0) > 0);
    expect(verbs.map(([name]) => name).toSorted()).toEqual(DECIDED.toSorted());
    for (const [name, { appliesTo, memberOf }] of verbs) {
      const verb = DECIDED.find((one) => one === name);
      expect(appliesTo?.resourceTypes).toEqual([verb === undefined ? undefined : resourceKindOf(verb)]);
      expect(appliesTo?.principalTypes.toSorted()).toEqual(Object.values(PRINCIPAL_TYPES).toSorted());
      const group = verb === undefined || groupOf(verb) === verb ? [] : [groupOf(verb)];
      expect((memberOf ?? []).map(({ id }) => id)).toEqual(group);
    }
  });

  it('has a type for each kind of principal', () => {
    expect(Object.keys(PRINCIPAL_TYPES).toSorted()).toEqual(PRINCIPAL_KINDS.toSorted());
    expect(Object.keys(schema?.entityTypes ?? {})).toEqual(
      expect.arrayContaining(Object.values(PRINCIPAL_TYPES)),
    );
  });

  it('leaves out of the verbs what is evidence only', () => {
    const evidence = ACTIONS.filter((action) => !isDecided(action));
    expect([...DECIDED, ...evidence].toSorted()).toEqual(ACTIONS.toSorted());
    expect(evidence).toEqual([
      'job.run',
      'job.finish',
      'job.observe',
      'session.run',
      'metadata.read',
      'telemetry.read',
      'telemetry.write',
      'metric.observe',
      'api.call',
      'credential.inject',
      'grant.activate',
      'key.use',
      'operation.cancel',
      'operation.delete',
      'unclassified',
    ]);
  });
});

describe('the policies of the benches', () => {
  it.each([1, 60, 200])('are %i valid ones', (count) => {
    const parsed = parsePolicies([{ name: 'mix.cedar', text: policySet(count) }]);
    expect(parsed).toMatchObject({ kind: 'parsed' });
    expect(parsed.kind === 'parsed' ? parsed.policies.length : 0).toBe(count);
  });
});
