/** Cases of policies, run: what policy says of each against what its file says. Pure. */
import { DEFAULT_CONTEXT, PolicyCases, type PolicyCase } from '../../schemas/policy-case.ts';
import type { Bundle } from '../config/bundle.ts';
import { readYaml } from '../config/yaml-text.ts';
import { messageOf } from '../errors.ts';
import { ofKind } from '../identity/grammar/canonical.ts';
import { parseIdentifier } from '../identity/grammar/identifier.ts';
import { ACTIONS } from '../model/event.ts';
import type { JobId } from '../model/job.ts';
import type { PrincipalId } from '../model/principal.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { isDecided, resourceKindOf } from './actions.ts';
import type { Decision } from './decision.ts';
import type { PolicyFile, PolicyProblem } from './policy-files.ts';
import type { Settled } from './request.ts';

interface PlacedCase {
  readonly written: PolicyCase;
  /** `file:line`. */
  readonly place: string;
}

export type ParsedCases =
  | { readonly kind: 'parsed'; readonly cases: readonly PlacedCase[] }
  | { readonly kind: 'wrong'; readonly problems: readonly PolicyProblem[] };

export interface PolicyCaseResult {
  readonly place: string;
  readonly name: string;
  /** What is wrong, one sentence; undefined where the case passes. */
  readonly failure: string | undefined;
}

const ADVICE = 'docs/policy.md shows a case with every key';

export function parseCases(files: readonly PolicyFile[]): ParsedCases {
  const problems: PolicyProblem[] = [];
  const cases: PlacedCase[] = [];
  for (const { name: file, text } of files) {
    const yaml = readYaml(text);
    if (yaml.kind === 'wrong') {
      problems.push(...yaml.problems.map((problem) => ({ file, instead: ADVICE, ...problem })));
      continue;
    }
    const parsed = PolicyCases.safeParse(yaml.value);
    if (parsed.success) {
      cases.push(...parsed.data.map((written, at) => ({ written, place: `${file}:${yaml.lineOf([at])}` })));
      continue;
    }
    for (const issue of parsed.error.issues) {
      const path = issue.path.map((key) => (typeof key === 'symbol' ? key.toString() : key));
      const reason = `${path.join('.') || 'file'}: ${issue.message}`;
      problems.push({ file, line: yaml.lineOf(path), reason, instead: ADVICE });
    }
  }
  return problems.length > 0 ? { kind: 'wrong', problems } : { kind: 'parsed', cases };
}

export function runCases(cases: readonly PlacedCase[], bundle: Bundle): readonly PolicyCaseResult[] {
  return cases.map(({ written, place }) => ({
    place,
    name: written.name,
    failure: failureOf(written, bundle),
  }));
}

function failureOf(written: PolicyCase, bundle: Bundle): string | undefined {
  let decision: Decision | undefined;
  try {
    const settled = written.settled === undefined ? undefined : settledOf(written.settled);
    decision = bundle.policy?.decide(eventOf(written, bundle), bundle.facts, settled);
  } catch (error) {
    return messageOf(error);
  }
  if (decision === undefined) return 'there are no policies';
  const wrong: string[] = [];
  const { outcome, policies, waitsFor } = decision;
  if (outcome !== written.expect) wrong.push(`it is ${outcome} and shall be ${written.expect}`);
  if (written.policies !== undefined && !same(policies, written.policies))
    wrong.push(`${listed(policies)} decide and not ${listed(written.policies)}`);
  else if (wrong.length > 0) wrong.push(policies.length > 0 ? `by ${listed(policies)}` : 'no policy applies');
  if (written.waitsFor !== undefined && !same(waitsFor, written.waitsFor))
    wrong.push(`it waits for ${listed(waitsFor)} and not for ${listed(written.waitsFor)}`);
  return wrong.length > 0 ? wrong.join('; ') : undefined;
}

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.toSorted().join('\n') === b.toSorted().join('\n');
const listed = (words: readonly string[]): string => (words.length > 0 ? words.join(', ') : 'none');

/** What the schema says with `undefined` is left out. */
function settledOf({ approval, through, prior }: NonNullable<PolicyCase['settled']>): Settled {
  return {
    ...(approval === undefined ? undefined : { approval }),
    ...(through === undefined ? undefined : { through }),
    ...(prior === undefined ? undefined : { prior }),
  };
}

/** @throws Error naming the verb that is none, or the identifier that is in no grammar */
function eventOf(written: PolicyCase, bundle: Bundle): TrailEvent {
  const { context = DEFAULT_CONTEXT, resource, project } = written;
  const action = ACTIONS.find((known) => known === written.action);
  if (action === undefined || !isDecided(action))
    throw new Error(
      `policy decides no ${JSON.stringify(written.action)}; docs/vocabulary.md lists the verbs`,
    );
  const kind = resourceKindOf(action);
  const onData = kind === 'Dataset' && resource !== undefined;
  return {
    id: '0'.repeat(64),
    time: `${new Date(context.time).toISOString().slice(0, -1)}000000Z`,
    receiveTime: undefined,
    source: context.source,
    action,
    outcome: context.outcome,
    method: '',
    status: undefined,
    actor:
      written.principal === undefined ? undefined : actorOf(written.principal, context.credential, bundle),
    actingFor: context.actingFor.map((text) => ({ id: idOf(text), recordedBy: '' })),
    keyName: context.keyName,
    runAs: context.runAs === undefined ? undefined : idOf(context.runAs),
    peer: undefined,
    job: kind === 'Job' && resource !== undefined ? (resource as JobId) : undefined,
    jobName: context.jobName,
    parentJob: undefined,
    operation: undefined,
    resource,
    project,
    location: undefined,
    environment: written.environment ?? bundle.facts.environmentOf(project),
    via: 'direct',
    provenance: 'provider',
    callKey: undefined,
    requestId: undefined,
    datasets: [
      // What is done to data is about the first dataset.
      ...(onData ? [{ dataset: resource, op: action === 'data.read' ? 'read' : 'write' } as const] : []),
      ...context.reads.map((dataset) => ({ dataset, op: 'read' }) as const),
      ...context.writes.map((dataset) => ({ dataset, op: 'write' }) as const),
    ],
    claims: {},
    logName: undefined,
    insertId: undefined,
    split: undefined,
    bindings: [],
  };
}

function actorOf(
  text: string,
  proof: typeof DEFAULT_CONTEXT.credential,
  { facts, config }: Bundle,
): TrailEvent['actor'] {
  const identity = identityOf(text);
  const agent = config.agents.find(({ principal }) => sameAgent(principal, identity.id));
  const { id, kind } = facts.isAgent(identity.id) ? ofKind('agent', identity) : identity;
  const owner = agent === undefined ? undefined : idOf(agent.owner);
  return { id, kind, proof, as: undefined, owner, lane: agent?.lane };
}

function sameAgent(declared: string, id: PrincipalId): boolean {
  const identity = identityOf(declared);
  return identity.id === id || ofKind('agent', identity).id === id;
}

const idOf = (text: string): PrincipalId => identityOf(text).id;

function identityOf(text: string) {
  const identity = parseIdentifier(text);
  if (identity === undefined) throw new Error(`${JSON.stringify(text)} is no identifier (docs/identity.md)`);
  return identity;
}
