/** The cases that stand in a rule's own file, run: what it finds against what the file says it finds. Pure. */
import type { RuleCase, RuleEvent } from '../../../schemas/rule.ts';
import { messageOf } from '../../errors.ts';
import { ofKind } from '../../identity/grammar/canonical.ts';
import { parseIdentifier } from '../../identity/grammar/identifier.ts';
import type { Action, DatasetOp } from '../../model/event.ts';
import type { JobId } from '../../model/job.ts';
import type { PrincipalId } from '../../model/principal.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import type { Decision } from '../../policy/decision.ts';
import type { DeclaredFacts } from '../declared-facts.ts';
import { createDetect } from '../detect.ts';
import type { OwnRule } from './parse.ts';

/** What cases are judged under: a bundle, and the way from an entry to its events. */
export interface CaseGround {
  readonly facts: DeclaredFacts;
  decide(event: TrailEvent): Decision | undefined;
  /** @throws Error with the reason where an entry makes no event */
  eventsOf(entry: Readonly<Record<string, unknown>>): readonly TrailEvent[];
}

export interface CaseResult {
  readonly rule: string;
  /** `file:line` of the case. */
  readonly place: string;
  readonly note: string;
  /** What is wrong, one sentence; undefined where the case passes. */
  readonly failure: string | undefined;
}

export function runRuleCases(rules: readonly OwnRule[], ground: CaseGround): readonly CaseResult[] {
  return rules.flatMap((rule) =>
    rule.cases.map((one, index) => ({
      rule: rule.detection.id,
      place: rule.casePlaces[index] ?? '',
      note: one.note,
      failure: failureOf(rule, one, ground),
    })),
  );
}

function failureOf(rule: OwnRule, one: RuleCase, ground: CaseGround): string | undefined {
  let events: readonly TrailEvent[];
  try {
    events = one.event === undefined ? ground.eventsOf(one.entry ?? {}) : [eventOf(one.event, ground.facts)];
  } catch (error) {
    return messageOf(error);
  }
  const detect = createDetect([rule.detection]);
  const found = events.flatMap((event) => {
    const decision: Decision | undefined =
      one.decision === undefined
        ? ground.decide(event)
        : { outcome: one.decision, policies: [], waitsFor: [] };
    return detect({ event, decision, declared: ground.facts });
  });
  const erred = found.find((finding) => finding.verdict === 'undetermined');
  if (erred !== undefined) return `the rule errs: ${erred.evidence[0]?.[1] ?? erred.summary}`;
  const keys = found.map((finding) => finding.key);
  if (one.fires === undefined) {
    return keys.length === 0 ? undefined : `it fires with key ${JSON.stringify(keys[0])} and shall be quiet`;
  }
  if (keys.includes(one.fires)) return undefined;
  const shall = `it shall fire with key ${JSON.stringify(one.fires)}`;
  return keys.length === 0 ? `${shall} and is quiet` : `${shall} and fires with ${JSON.stringify(keys[0])}`;
}

/** @throws Error naming the identifier that is in no grammar */
function eventOf(written: RuleEvent, facts: DeclaredFacts): TrailEvent {
  const { action, reads, writes, uses, ...rest } = written;
  const datasets = (names: readonly string[], op: DatasetOp) => names.map((dataset) => ({ dataset, op }));
  return {
    id: '0'.repeat(64),
    time: `${new Date(rest.time).toISOString().slice(0, -1)}000000Z`,
    receiveTime: undefined,
    source: rest.source,
    // Checked against the rule's `on` when the file was parsed.
    action: action as Action,
    outcome: rest.outcome,
    method: rest.method,
    status: undefined,
    actor: rest.actor === undefined ? undefined : actorOf(rest.actor, rest.keyName, facts),
    actingFor: rest.actingFor.map((text) => ({ id: principalOf(text), recordedBy: '' })),
    keyName: rest.keyName,
    runAs: rest.runAs === undefined ? undefined : principalOf(rest.runAs),
    peer: undefined,
    job: rest.job as JobId | undefined,
    jobName: rest.jobName,
    parentJob: undefined,
    operation: undefined,
    resource: rest.resource,
    project: rest.project,
    location: rest.location,
    environment: rest.environment ?? facts.environmentOf(rest.project),
    via: rest.via,
    provenance: 'provider',
    callKey: undefined,
    requestId: undefined,
    datasets: [...datasets(reads, 'read'), ...datasets(writes, 'write'), ...datasets(uses, 'use')],
    claims: rest.claims,
    logName: undefined,
    insertId: undefined,
    split: undefined,
    bindings: [],
  };
}

function identityOf(text: string) {
  const identity = parseIdentifier(text);
  if (identity === undefined) throw new Error(`${JSON.stringify(text)} is no identifier (docs/identity.md)`);
  return identity;
}

const principalOf = (text: string): PrincipalId => identityOf(text).id;

function actorOf(text: string, keyName: string | undefined, facts: DeclaredFacts): TrailEvent['actor'] {
  const identity = identityOf(text);
  // Whoever is declared an agent is recorded as one.
  const { id, kind } = facts.isAgent(identity.id) ? ofKind('agent', identity) : identity;
  return {
    id,
    kind,
    proof: keyName === undefined ? 'oauth' : 'static-key',
    as: undefined,
    owner: undefined,
    lane: undefined,
  };
}
