/** Policies against the project's schema: what it refuses and what it warns of, each once, with what to write instead. */
import type { DetailedError } from '@cedar-policy/cedar-wasm/nodejs';
import { cedar } from '../cedar.ts';
import { ACTIONS } from '../model/event.ts';
import { DECIDED, groupOf, resourceKindOf } from './actions.ts';
import type { PlacedPolicy, PolicyProblem } from './policy-files.ts';
import { lineOf, locationsOf } from './problems.ts';
import { cedarSchema, NAMESPACE } from './schema.ts';

/** A policy that can never apply is a mistake here, and not a warning. */
export function invalid(policies: readonly PlacedPolicy[]): readonly PolicyProblem[] {
  if (policies.length === 0) return [];
  const answer = cedar().validate({
    schema: cedarSchema(),
    policies: { staticPolicies: Object.fromEntries(policies.map(({ id, text }) => [id, text])) },
  });
  if (answer.type === 'failure')
    throw new Error(`The project's own Cedar schema is wrong: ${answer.errors[0]?.message}`);
  const byId = new Map(policies.map((policy) => [policy.id, policy]));
  const found = new Map<PlacedPolicy, DetailedError[]>();
  for (const { policyId, error } of [...answer.validationErrors, ...answer.validationWarnings]) {
    const policy = byId.get(policyId);
    if (policy === undefined) continue;
    const errors = found.get(policy);
    if (errors === undefined) found.set(policy, [error]);
    else errors.push(error);
  }
  return [...found].flatMap(([policy, errors]) => problemsOf(policy, errors));
}

function problemsOf(policy: PlacedPolicy, errors: readonly DetailedError[]): readonly PolicyProblem[] {
  // That it applies to nothing follows from a name that is wrong, where one is.
  const telling = errors.filter(({ message }) => !isInapplicable(message));
  const problems = (telling.length > 0 ? telling : errors).map((error): PolicyProblem => ({
    file: policy.file.name,
    line: lineOf(policy.file, policy.offset, error),
    reason: `${policy.id}: ${reasonOf(error.message)}`,
    instead: insteadOf(policy, error),
  }));
  // One mistake is told once for each verb and kind of principal that the policy holds for.
  const told = new Set<string>();
  return problems.filter(({ line, instead, reason }) => {
    const key = `${line} ${instead ?? reason}`;
    return told.has(key) ? false : told.add(key);
  });
}

const isInapplicable = (message: string): boolean =>
  message.includes('unable to find an applicable action') || message.includes('policy is impossible');

const reasonOf = (message: string): string =>
  message
    .replace(/^for policy `[^`]*`, /, '')
    .replace(/ (?:in context )?for Jobtrail::Action::"[a-z.]{1,40}"/, '')
    .replace(/ on entity type `Jobtrail::\w+`/, '');

function insteadOf(policy: PlacedPolicy, error: DetailedError): string {
  const { message, help } = error;
  const action = /unrecognized action `Jobtrail::Action::"([^"`]*)"`/.exec(message)?.[1];
  if (action !== undefined) return actionAdvice(action);
  const optional = /access to optional attribute `([^`]+)`/.exec(message)?.[1];
  if (optional !== undefined) {
    const [location] = locationsOf(error);
    const accessed = Buffer.from(policy.text).subarray(location?.start, location?.end).toString();
    const owner = accessed.slice(0, Math.max(accessed.lastIndexOf(`.${optional}`), 0)) || 'it';
    return `write \`${owner} has ${optional} && …\` in front: not every one has it`;
  }
  if (isInapplicable(message)) return applicableAdvice(policy);
  return help === null || help === undefined
    ? 'docs/policy.md lists entities, verbs and attributes'
    : reasonOf(help);
}

function actionAdvice(name: string): string {
  if (ACTIONS.some((action) => action === name)) return `${name} is evidence, which policy does not decide`;
  const family = DECIDED.filter((action) => groupOf(action) === name.split('.')[0]);
  return family.length > 0 ? `known: ${family.join(', ')}` : 'docs/vocabulary.md lists the verbs';
}

/** Which kind of resource the verbs of its scope are done to. */
function applicableAdvice({ json }: PlacedPolicy): string {
  const { action } = json;
  if (!('entity' in action || 'entities' in action))
    return 'nothing can satisfy all of its conditions: take one out';
  const named = 'entities' in action ? action.entities : [action.entity];
  const ids = named.map((entity) => ('__entity' in entity ? entity.__entity : entity).id);
  const verbs = DECIDED.filter((verb) => ids.includes(verb) || ids.includes(groupOf(verb)));
  const kinds = [...new Set(verbs.map(resourceKindOf))].map((kind) => `${NAMESPACE}::${kind}`);
  return kinds.length > 0 ? `${ids.join(', ')}: done to ${kinds.join(', ')}` : actionAdvice(ids[0] ?? '');
}
