/**
 * Records through the rules that look at them → judgements. Rules ask for facts as they go; what is not loaded yet is loaded for
 * all of them together, and they are asked again. What comes out is a function of the records and of what is recorded around
 * them: not of their order, nor of how they are cut into batches.
 */
import type { Bundle } from '../config/bundle.ts';
import { messageOf } from '../errors.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { FactReader, keyOfQuery, type FactCache } from './fact-cache.ts';
import type { FactQuery } from './facts.ts';
import type { Decision } from '../policy/decision.ts';
import type { Anchor, Anchors, Context, Judgement, MissingRecord, Rule } from './rule.ts';

/** What one rule says of one anchor. */
export interface Judged {
  readonly rule: Rule;
  readonly anchor: Anchor;
  /** Ids of the records that led to it; where the rule is asked about the anchor itself, they need not be all. */
  readonly reachedBy: ReadonlySet<string>;
  readonly bundle: Bundle;
  readonly judgements: readonly Judgement[];
  /** How many facts it looked at: of two verdicts over one anchor the one that saw more is the later. */
  readonly facts: number;
  /** The record whose absence a violation is about, where the rule says so. */
  readonly missing: MissingRecord | undefined;
}

export interface Settling {
  readonly rules: readonly Rule[];
  /** The bundle in force at an event time. */
  readonly bundleAt: (time: string) => Bundle;
  /** Puts the answers of these queries into the cache; each is asked once. */
  readonly load: (queries: readonly FactQuery[], cache: FactCache) => Promise<void>;
  readonly cache: FactCache;
  /** Anchors that need no judgement; absent: all do. */
  readonly isJudged?: (rule: Rule, anchor: Anchor) => boolean;
}

/** A rule that asks on and on is a bug of the rule. */
const MAX_ROUNDS = 12;

/** Judges every anchor whose verdict hangs on one of the records, each once for each rule. */
export async function settle(records: readonly Anchor[], settling: Settling): Promise<SettledRecords> {
  const crashes: Crash[] = [];
  const decideWith = createDeciders();
  const asked = records.flatMap((record) =>
    settling.rules.filter((rule) => isLookedAt(rule, record)).map((rule) => ({ rule, record })),
  );
  const reached = await askAll(asked, { ...settling, decideWith }, crashes, ({ rule, record }, context) =>
    rule.anchors(record, context),
  );
  const { isJudged } = settling;
  const anchors = anchorsIn(reached).filter(
    ({ rule, record }) => isJudged === undefined || !isLookedAt(rule, record) || !isJudged(rule, record),
  );
  const judged = await askAll(anchors, { ...settling, decideWith }, crashes, ({ rule, record }, context) => ({
    judgements: rule.judge(record, context),
    missing: rule.missing?.(record, context),
  }));
  return {
    judged: judged.map(({ item, answer, facts, bundle }) => ({
      rule: item.rule,
      anchor: item.record,
      reachedBy: item.by,
      bundle,
      judgements: answer.judgements,
      missing: answer.missing,
      facts,
    })),
    crashes,
  };
}

/**
 * Each anchor of each rule once, with the records that led to it; of two contents under one id each: whoever writes the second must
 * not have the first one forgotten.
 */
function anchorsIn(
  reached: readonly { readonly item: Item; readonly answer: Anchors }[],
): readonly Reached[] {
  const anchors = new Map<Rule, Map<unknown, Reached>>();
  const lists = new Map<Rule, Map<readonly Anchor[], Set<string>>>();
  const add = (rule: Rule, record: Anchor, by: Iterable<string>): void => {
    const ofRule = anchors.get(rule) ?? new Map<unknown, Reached>();
    anchors.set(rule, ofRule);
    const content = record.kind === 'event' ? record.event : record.id;
    const known = ofRule.get(content);
    if (known === undefined) ofRule.set(content, { rule, record, by: new Set(by) });
    else if (!isLookedAt(rule, record)) for (const id of by) known.by.add(id);
  };
  for (const { item, answer } of reached) {
    for (const one of answer) {
      if ('kind' in one) {
        add(item.rule, one, [item.record.id]);
        continue;
      }
      const ofRule = lists.get(item.rule) ?? new Map<readonly Anchor[], Set<string>>();
      lists.set(item.rule, ofRule);
      const by = ofRule.get(one) ?? new Set<string>();
      ofRule.set(one, by.add(item.record.id));
    }
  }
  for (const [rule, ofRule] of lists)
    for (const [list, by] of ofRule)
      for (const anchor of list) add(rule, anchor, isLookedAt(rule, anchor) ? [anchor.id] : by);
  return [...anchors.values()].flatMap((ofRule) => [...ofRule.values()]);
}

/** A rule that failed on a record: the others' verdicts stand, and this one is told. */
export interface Crash {
  readonly rule: string;
  readonly record: string;
  readonly message: string;
}

export interface SettledRecords {
  readonly judged: readonly Judged[];
  readonly crashes: readonly Crash[];
}

interface Reached extends Item {
  readonly by: Set<string>;
}

/** Whether a rule is asked about a record when it comes. */
export const isLookedAt = (rule: Rule, record: Anchor): boolean =>
  record.kind === 'event'
    ? rule.on.includes(record.event.action)
    : rule.onSightings?.includes(record.sighting.family) === true;

interface Item {
  readonly rule: Rule;
  readonly record: Anchor;
}

interface Answered<I, T> {
  readonly item: I;
  readonly answer: T;
  readonly facts: number;
  readonly bundle: Bundle;
}

async function askAll<I extends Item, T>(
  items: readonly I[],
  { bundleAt, load, cache, decideWith }: Settling & { readonly decideWith: DecideWith },
  crashes: Crash[],
  ask: (item: I, context: Context) => T,
): Promise<readonly Answered<I, T>[]> {
  const answered: Answered<I, T>[] = [];
  const declaredAt: Context['declaredAt'] = (time) => bundleAt(time).facts;
  let open: readonly I[] = items;
  for (let round = 0; open.length > 0; round += 1) {
    const missing = new Map<string, FactQuery>();
    const again: I[] = [];
    for (const item of open) {
      const bundle = bundleAt(item.record.time);
      const facts = new FactReader(cache);
      let answer: T;
      try {
        if (round === MAX_ROUNDS) throw new Error(`it asked for more facts ${MAX_ROUNDS} times over`);
        answer = ask(item, { facts, declared: bundle.facts, declaredAt, decide: decideWith(bundle) });
      } catch (error) {
        // It must not take the other rules' verdicts along.
        crashes.push({ rule: item.rule.id, record: item.record.id, message: messageOf(error) });
        continue;
      }
      if (facts.missed.length === 0) answered.push({ item, answer, facts: facts.seen(), bundle });
      else {
        again.push(item);
        for (const query of facts.missed) missing.set(keyOfQuery(query), query);
      }
    }
    if (missing.size > 0) await load([...missing.values()], cache);
    open = again;
  }
  return answered;
}

type DecideWith = (bundle: Bundle) => Context['decide'];

/**
 * Decisions are taken once: an open one costs milliseconds, each start of a burst asks for those of all the others, and whoever
 * misses a fact asks again.
 */
function createDeciders(): DecideWith {
  const deciders = new Map<Bundle, Context['decide']>();
  return (bundle) => {
    const known = deciders.get(bundle);
    if (known !== undefined) return known;
    const { policy, facts } = bundle;
    const taken = new WeakMap<TrailEvent, Map<string, Decision | undefined>>();
    const decide: Context['decide'] = (event, settled) => {
      const decisions = taken.get(event) ?? new Map<string, Decision | undefined>();
      taken.set(event, decisions);
      const key = JSON.stringify(settled);
      if (!decisions.has(key)) decisions.set(key, policy?.decide(event, facts, settled));
      return decisions.get(key);
    };
    deciders.set(bundle, decide);
    return decide;
  };
}
