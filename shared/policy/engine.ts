/**
 * Declared policy over events. What decides is Cedar; what is ours is when it is asked, what it is not told yet, and that
 * the same question is asked once. Pure: equal events under equal policies have equal decisions.
 */
import type { DeclaredFacts } from '../detections/declared-facts.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { isDecided } from './actions.ts';
import { awaitedIn, worldsOf } from './awaited.ts';
import { subjectOf, type Subject } from './attributes.ts';
import { askPartially, prepareSet, type Answer } from './cedar.ts';
import { coverageOf } from './coverage.ts';
import type { Awaited, Decision, DecisionOutcome } from './decision.ts';
import { createMemo, type MemoCounts } from './memo.ts';
import type { ParsedPolicy } from './policy-files.ts';
import { reducedTo } from './reduce.ts';
import { requestOfSubject, type CedarRequest, type Settled } from './request.ts';
import { couldHold } from './slice.ts';

export interface PolicyEngine {
  /**
   * Undefined for events that policy does not decide.
   * @param settled what is known by now of what was awaited; the rest may still turn out either way
   */
  decide(event: TrailEvent, facts: DeclaredFacts, settled?: Settled): Decision | undefined;
  readonly memo: () => MemoCounts;
}

/** In front of the id of a policy that could not be evaluated; ids of policies have no colon. */
const FAILED = 'error:';
/** In front of the id of a policy without the conditions that nobody can answer yet. */
const MAY = 'may:';
const NOTHING_SETTLED: Settled = {};

/** @param name of the set: the digest of its texts, so that equal sets are parsed once. */
export function createPolicyEngine(name: string, policies: readonly ParsedPolicy[]): PolicyEngine {
  const waiting = new Map(
    policies.filter(({ usage }) => awaitedIn(usage).length > 0).map((policy) => [MAY + policy.id, policy]),
  );
  const forbids = new Set(policies.filter(({ effect }) => effect === 'forbid').map(({ id }) => id));
  const covers = coverageOf(`${name}/covers`, policies);
  const memo = createMemo(policies);
  const slices = new Map<string, (request: CedarRequest) => Answer>();

  function decide(event: TrailEvent, facts: DeclaredFacts, settled?: Settled): Decision | undefined {
    // The entry that ends an operation tells how it ended; its beginning was decided.
    if (!isDecided(event.action) || event.operation?.phase === 'last') return undefined;
    const subject = subjectOf(event, facts);
    return settled === undefined
      ? memo.of(subject, () => judge(subject, NOTHING_SETTLED))
      : judge(subject, settled);
  }

  /** Environments and verbs are the configuration's and the vocabulary's, so that slices are few. */
  function sliceOf({ event: { action }, environment }: Subject): (request: CedarRequest) => Answer {
    const key = JSON.stringify([action, environment]);
    const known = slices.get(key);
    if (known !== undefined) return known;
    const near = policies.filter(({ json }) => couldHold(json, action, environment));
    const slice = prepareSet(
      `${name}/${key}`,
      near.map(({ id, text, json }) =>
        waiting.has(MAY + id)
          ? ([MAY + id, reducedTo(json, (usage) => awaitedIn(usage).length === 0)] as const)
          : ([id, text] as const),
      ),
    );
    slices.set(key, slice);
    return slice;
  }

  function judge(subject: Subject, settled: Settled): Decision {
    const request = requestOfSubject(subject, settled);
    const answer = sliceOf(subject)(request);
    // Cedar leaves out what it cannot evaluate. A permit may be left out; a forbid forbids.
    const broken = answer.failed.filter((id) => forbids.has(id));
    const forbidding = [...answer.forbids, ...broken.map((id) => FAILED + id)];
    if (forbidding.length > 0) return made('forbidden', forbidding);
    const near = [...answer.permits, ...answer.failed].flatMap((id) => waiting.get(id) ?? []);
    const permits = answer.permits.filter((id) => !waiting.has(id));
    if (near.length > 0) return judgeOpen(request, settled, permits, near);
    if (permits.length > 0) return made('permitted', permits);
    const failed = answer.failed.filter((id) => !waiting.has(id)).map((id) => FAILED + id);
    return made(unpermitted(request), failed);
  }

  const unpermitted = (request: CedarRequest): DecisionOutcome =>
    covers(request) ? 'undeclared' : 'not-covered';

  /** Decided where it comes out the same however what is awaited turns out. */
  function judgeOpen(
    request: CedarRequest,
    settled: Settled,
    permits: readonly string[],
    near: readonly ParsedPolicy[],
  ): Decision {
    const { awaited, worlds } = worldsOf(near, request.context, settled);
    const judged = worlds.map(({ values, context }) => ({
      values,
      ...inWorld({ ...request, context }, permits, near),
    }));
    const outcomes = new Set(judged.flatMap((world) => world.outcomes));
    const [outcome] = outcomes;
    if (outcome !== undefined && outcomes.size === 1) {
      const [first = NOBODY, ...others] = judged.map((world) => world.by);
      const always = first.filter((id) => others.every((by) => by.includes(id)));
      return made(outcome, always.length > 0 ? always : judged.flatMap((world) => world.by));
    }
    const possible = judged.flatMap((world) => world.possible);
    return { ...made('undetermined', possible), waitsFor: waitsFor(awaited, judged) };
  }

  function inWorld(
    request: CedarRequest,
    permits: readonly string[],
    near: readonly ParsedPolicy[],
  ): Omit<Judged, 'values'> {
    const { holds, open, failed } = askPartially(
      near.map(({ id, text }) => [id, text]),
      request,
    );
    const forbidding = [...holds, ...failed].filter((id) => forbids.has(id));
    if (forbidding.length > 0) return { outcomes: ['forbidden'], by: forbidding, possible: forbidding };
    const mayForbid = open.filter((id) => forbids.has(id));
    const permitting = [...permits, ...holds];
    const mayPermit = permitting.length > 0 ? NOBODY : open.filter((id) => !forbids.has(id));
    const outcomes: DecisionOutcome[] = [];
    if (mayForbid.length > 0) outcomes.push('forbidden');
    if (permitting.length > 0 || mayPermit.length > 0) outcomes.push('permitted');
    if (permitting.length === 0) outcomes.push(unpermitted(request));
    const possible = [...mayForbid, ...mayPermit, ...(permits.length > 0 ? NOBODY : permitting)];
    return { outcomes, by: permitting, possible };
  }

  return { decide, memo: memo.counts };
}

const NOBODY: readonly string[] = [];

/** An event in one way that what is awaited may turn out. */
interface Judged {
  /** Which value each awaited attribute has, by number. */
  readonly values: readonly number[];
  /** Several where it hangs on who approves, or on the kind of record. */
  readonly outcomes: readonly DecisionOutcome[];
  readonly by: readonly string[];
  /** Ids of policies that make a difference here, or may. */
  readonly possible: readonly string[];
}

const made = (outcome: DecisionOutcome, policies: readonly string[]): Decision => ({
  outcome,
  policies: [...new Set(policies)].toSorted(),
  waitsFor: [],
});

/** What makes a difference by itself, all else being equal. */
function waitsFor(awaited: readonly Awaited[], judged: readonly Judged[]): readonly Awaited[] {
  return awaited
    .filter((one, at) => {
      const outcomes = new Map<string, string>();
      return judged.some((world) => {
        if (one === 'approval' && world.outcomes.length > 1) return true;
        const others = world.values.with(at, -1).join();
        const before = outcomes.get(others);
        outcomes.set(others, world.outcomes.join());
        return before !== undefined && before !== world.outcomes.join();
      });
    })
    .toSorted();
}
