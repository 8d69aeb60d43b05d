import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBundle, type Bundle } from '../../shared/config/bundle.ts';
import { JobtrailError } from '../../shared/errors.ts';
import type { JobId } from '../../shared/model/job.ts';
import type { TrailEvent } from '../../shared/model/trail-event.ts';
import type { Decision } from '../../shared/policy/decision.ts';
import { parsePolicies } from '../../shared/policy/policy-files.ts';
import { requestOf, type Settled } from '../../shared/policy/request.ts';
import { actorOf, bundleOf, CONFIG, eventOf, events } from './support/events.ts';
import { certainPolicies, exactPolicies, policies } from './support/policies.ts';

const RUNS = { numRuns: 30 };

/** Random sets hold policies that can never apply, which are refused: those are no subject here. */
function bundleOrNone(text: string): Bundle | undefined {
  try {
    return bundleOf(text, CONFIG);
  } catch (error) {
    if (error instanceof JobtrailError && error.message.includes('impossible')) return undefined;
    throw error;
  }
}

const bundles = (texts: fc.Arbitrary<string>): fc.Arbitrary<Bundle> =>
  texts.map(bundleOrNone).filter((bundle) => bundle !== undefined);

const decide = (bundle: Bundle, event: TrailEvent, settled?: Settled): Decision | undefined =>
  bundle.policy?.decide(event, bundle.facts, settled);

/** Cedar's own answer, whole policies and nothing remembered. */
function asked(bundle: Bundle, event: TrailEvent, settled: Settled): { outcome: string; reasons: string[] } {
  const answer = statefulIsAuthorized({
    ...requestOf(event, bundle.facts, settled),
    validateRequest: false,
    preparsedPolicySetId: wholeSet(bundle),
  });
  if (answer.type === 'failure') throw new Error(answer.errors[0]?.message);
  const { decision, diagnostics } = answer.response;
  const reasons = diagnostics.reason.toSorted();
  const outcome = decision === 'allow' ? 'permitted' : reasons.length > 0 ? 'forbidden' : 'none';
  return { outcome, reasons };
}

const WHOLE = new Map<Bundle, string>();
function wholeSet(bundle: Bundle): string {
  const known = WHOLE.get(bundle);
  if (known !== undefined) return known;
  const parsed = parsePolicies(bundle.texts.policies);
  const policiesOf = parsed.kind === 'parsed' ? parsed.policies : [];
  const name = `test/${bundle.digest}`;
  preparsePolicySet(name, {
    staticPolicies: Object.fromEntries(policiesOf.map(({ id, text }) => [id, text])),
  });
  WHOLE.set(bundle, name);
  return name;
}

const EITHER = [false, true];
const WORLDS: readonly Required<Settled>[] = [
  null,
  ...EITHER.flatMap((signed) =>
    EITHER.flatMap((selfApproved) =>
      ['user:google:ana@example.com', 'user:google:ben@example.com'].flatMap((by) =>
        ['change-1', 'chat'].map((kind) => ({ by, signed, selfApproved, kind })),
      ),
    ),
  ),
].flatMap((approval) =>
  [[], ['gateway' as const], ['mesh' as const], ['gateway' as const, 'mesh' as const]].flatMap((through) =>
    [null, ...EITHER.flatMap((existed) => EITHER.map((byDeployer) => ({ existed, byDeployer })))].map(
      (prior) => ({ approval, through, prior }),
    ),
  ),
);

const plain = (outcome: string | undefined): string | undefined =>
  outcome === 'undeclared' || outcome === 'not-covered' ? 'none' : outcome;

describe('a decision', () => {
  it('is what Cedar says, with the policies that it names, where nothing is awaited', () => {
    fc.assert(
      fc.property(bundles(certainPolicies), events, (bundle, event) => {
        const decision = decide(bundle, event);
        if (decision === undefined) return;
        const { outcome, reasons } = asked(bundle, event, {});
        expect(plain(decision.outcome)).toBe(outcome);
        expect(decision.policies).toEqual(reasons);
        expect(decision.waitsFor).toEqual([]);
      }),
      RUNS,
    );
  });

  it('is the same from the memo as asked anew', () => {
    fc.assert(
      fc.property(bundles(policies), fc.array(events, { minLength: 2, maxLength: 8 }), (bundle, many) => {
        for (const event of many) {
          const remembered = decide(bundle, event);
          const anew = decide(parseBundle(bundle.texts), event);
          expect(remembered).toEqual(anew);
        }
      }),
      { numRuns: 10 },
    );
  });

  it('is remembered for all that only policies about other verbs or environments tell apart', () => {
    const bundle = bundleOf(
      `@id("jobs") permit (principal, action == Jobtrail::Action::"job.submit", resource in Jobtrail::Environment::"prod")
       when { context.outcome == "allowed" };
       @id("names") permit (principal, action in Jobtrail::Action::"data", resource)
       when { resource.name like "gs://team-*" };
       @id("dev") forbid (principal, action, resource in Jobtrail::Environment::"dev")
       when { resource.name like "*/job/x" };`,
      CONFIG,
    );
    const outcomes = (action: 'job.submit' | 'data.read', environment: string): unknown[] =>
      ['a', 'x'].map((name) => {
        const datasets = [{ dataset: `gs://team-${name}/`, op: 'read' as const }];
        const job = `dataproc:acme/eu/job/${name}` as JobId;
        return decide(bundle, eventOf(action, { environment, job, datasets }))?.outcome;
      });
    expect(outcomes('job.submit', 'prod')).toEqual(['permitted', 'permitted']);
    expect(bundle.policy?.memo()).toEqual({ hits: 1, misses: 1 });
    expect(outcomes('data.read', 'prod')).toEqual(['permitted', 'permitted']);
    expect(bundle.policy?.memo()).toEqual({ hits: 1, misses: 3 });
    expect(outcomes('job.submit', 'dev')).toEqual(['not-covered', 'forbidden']);
    expect(bundle.policy?.memo()).toEqual({ hits: 1, misses: 5 });
  });

  it('is undetermined where, and only where, it hangs on what is awaited', () => {
    fc.assert(
      fc.property(bundles(exactPolicies), events, (bundle, event) => {
        const decision = decide(bundle, event);
        if (decision === undefined) return;
        const outcomes = new Set(WORLDS.map((world) => asked(bundle, event, world).outcome));
        const [one] = outcomes;
        expect(plain(decision.outcome)).toBe(outcomes.size > 1 ? 'undetermined' : one);
        expect(decision.waitsFor.length > 0).toBe(decision.outcome === 'undetermined');
      }),
      RUNS,
    );
  });

  it('that is taken never changes when what was awaited arrives, whoever approves', () => {
    fc.assert(
      fc.property(bundles(policies), events, fc.constantFrom(...WORLDS), (bundle, event, world) => {
        const decision = decide(bundle, event);
        if (decision === undefined) return;
        const settled = decide(bundle, event, world);
        const { outcome, reasons } = asked(bundle, event, world);
        expect(plain(settled?.outcome)).toBe(outcome);
        expect(settled?.policies).toEqual(reasons);
        const waited = decision.outcome === 'undetermined';
        expect(waited || settled?.outcome === decision.outcome).toBe(true);
        const foreseen = reasons.some((id) => decision.policies.includes(id));
        expect(!waited || outcome === 'none' || foreseen).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('stays undetermined by what is not settled yet, and waits for nothing else', () => {
    fc.assert(
      fc.property(bundles(policies), events, fc.constantFrom(...WORLDS), (bundle, event, { approval }) => {
        const decision = decide(bundle, event, { approval });
        if (decision === undefined) return;
        expect(decision.waitsFor).not.toContain('approval');
        const outcomes = new Set(
          WORLDS.filter((world) => world.approval === approval).map(
            (world) => asked(bundle, event, world).outcome,
          ),
        );
        expect(decision.outcome === 'undetermined').toBe(outcomes.size > 1);
      }),
      RUNS,
    );
  });
});

const PERMIT_ALL = '@id("all") permit (principal, action, resource);';
const SUBMIT = 'action == Jobtrail::Action::"job.submit"';

describe('outcomes', () => {
  const outcomeOf = (text: string, event = eventOf('job.submit')): Decision | undefined =>
    decide(bundleOf(text, CONFIG), event);

  it('forbid wins over any permit', () => {
    const text = `${PERMIT_ALL} @id("no") forbid (principal, ${SUBMIT}, resource);`;
    expect(outcomeOf(text)).toEqual({ outcome: 'forbidden', policies: ['no'], waitsFor: [] });
  });

  it('an absent approval is waited for, however the policy asks for it', () => {
    for (const asks of ['context has approval', 'context has approval && context.approval.signed']) {
      const text = `${PERMIT_ALL} @id("ask") forbid (principal, ${SUBMIT}, resource) unless { ${asks} };`;
      const bundle = bundleOf(text, CONFIG);
      expect(decide(bundle, eventOf('job.submit'))).toEqual({
        outcome: 'undetermined',
        policies: ['ask'],
        waitsFor: ['approval'],
      });
      expect(decide(bundle, eventOf('job.submit'), { approval: null })?.outcome).toBe('forbidden');
    }
  });

  it('what cannot make a difference is not waited for', () => {
    const asks = '@id("ask") permit (principal, action, resource) when { context has approval };';
    expect(outcomeOf(`${PERMIT_ALL} ${asks}`)).toEqual({
      outcome: 'permitted',
      policies: ['all'],
      waitsFor: [],
    });
    const either = `${asks} @id("else") permit (principal, action, resource) unless { context has approval };`;
    expect(outcomeOf(either)).toEqual({ outcome: 'permitted', policies: ['ask', 'else'], waitsFor: [] });
  });

  it('waits for what makes the difference and for nothing else', () => {
    const text = `
      @id("via") permit (principal, action, resource)
      when { context has through && context.through.contains("gateway") };
      @id("late") permit (principal, action, resource)
      when { context.hour > 20 && context has prior && context.prior.existed };`;
    expect(outcomeOf(text)).toEqual({ outcome: 'undetermined', policies: ['via'], waitsFor: ['via'] });
  });

  it('a forbid that cannot be evaluated forbids, a permit that cannot permits nothing', () => {
    const overflow = 'context.hour * 9223372036854775807 > 1';
    const forbid = `${PERMIT_ALL} @id("big") forbid (principal, action, resource) when { ${overflow} };`;
    expect(outcomeOf(forbid)).toEqual({ outcome: 'forbidden', policies: ['error:big'], waitsFor: [] });
    const permit = `@id("big") permit (principal, action, resource) when { ${overflow} };`;
    expect(outcomeOf(permit)).toEqual({ outcome: 'undeclared', policies: ['error:big'], waitsFor: [] });
  });

  it('evidence, and the end of an operation, are not decided', () => {
    expect(outcomeOf(PERMIT_ALL, eventOf('api.call'))).toBeUndefined();
    expect(
      outcomeOf(PERMIT_ALL, eventOf('cluster.create', { operation: { id: 'o', phase: 'last' } })),
    ).toBeUndefined();
  });
});

describe('coverage', () => {
  const environments = ['prod', 'dev', undefined];
  const outcomesOf = (text: string, action: TrailEvent['action'] = 'job.submit'): (string | undefined)[] =>
    environments.map((environment) => {
      const bundle = bundleOf(text, CONFIG);
      return decide(bundle, eventOf(action, { environment, actor: actorOf('user:google:eve@example.com') }))
        ?.outcome;
    });
  const team = 'principal in Jobtrail::Group::"team-1"';

  it.each([
    ['its scope', `@id("p") permit (${team}, ${SUBMIT}, resource in Jobtrail::Environment::"prod");`],
    [
      'a condition on membership',
      `@id("p") permit (${team}, ${SUBMIT}, resource) when { context.hour < 20 && resource in Jobtrail::Environment::"prod" };`,
    ],
    [
      'a condition on the attribute',
      `@id("p") permit (${team}, ${SUBMIT}, resource) when { resource has environment && ["prod"].contains(resource.environment) };`,
    ],
    [
      'an exception',
      `@id("p") permit (${team}, ${SUBMIT}, resource) unless { context.userManagedKey || resource in Jobtrail::Environment::"dev" };`,
    ],
  ])('is by environment, as %s names it', (_how, text) => {
    expect(outcomesOf(text)).toEqual(['undeclared', 'not-covered', 'not-covered']);
  });

  it('is by verb, and by the group of verbs', () => {
    const text = `@id("p") permit (${team}, action in Jobtrail::Action::"job", resource in Jobtrail::Environment::"prod");`;
    expect(outcomesOf(text, 'job.cancel')).toEqual(['undeclared', 'not-covered', 'not-covered']);
    expect(outcomesOf(text, 'data.read')).toEqual(['not-covered', 'not-covered', 'not-covered']);
  });

  it('is everywhere where a permit names no environment', () => {
    expect(outcomesOf(`@id("p") permit (${team}, ${SUBMIT}, resource);`)).toEqual([
      'undeclared',
      'undeclared',
      'not-covered',
    ]);
  });

  it('is not made by a forbid', () => {
    const text = `@id("f") forbid (${team}, ${SUBMIT}, resource);`;
    expect(outcomesOf(text)).toEqual(['not-covered', 'not-covered', 'not-covered']);
  });

  it('a permit for one resource declares its verb', () => {
    const text = `@id("p") permit (principal, ${SUBMIT}, resource == Jobtrail::Job::"dataproc:shop-prod/r/job/other");`;
    expect(outcomesOf(text)).toEqual(['undeclared', 'undeclared', 'not-covered']);
  });

  it('a permit holds where no environment is known as well', () => {
    expect(outcomesOf(PERMIT_ALL)).toEqual(['permitted', 'permitted', 'permitted']);
  });
});

describe('hostile texts', () => {
  it('decide nothing but what they are', () => {
    const bundle = bundleOf(
      `@id("ana") permit (principal == Jobtrail::User::"user:google:ana@example.com", action, resource);
       @id("name") forbid (principal, action, resource) when { resource has jobName && resource.jobName like "*evil*" };`,
      CONFIG,
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom('"', '\\', '" , action, resource);', '__entity', '__proto__', '\u0000', '\ud800', '🦀'),
    );
    fc.assert(
      fc.property(texts, texts, texts, (id, name, dataset) => {
        const decision = decide(
          bundle,
          eventOf('data.read', {
            actor: actorOf(`user:google:${id}`, { lane: name }),
            jobName: name,
            job: undefined,
            resource: dataset,
            datasets: [{ dataset, op: 'read' }],
          }),
        );
        expect(decision?.outcome).toBe(
          name.includes('evil') ? 'forbidden' : id === 'ana@example.com' ? 'permitted' : 'undeclared',
        );
      }),
    );
  });

  it('make no more of the memo than there is room for', () => {
    const bundle = bundleOf(
      '@id("p") permit (principal, action, resource) when { context.reads.contains("x") };',
      CONFIG,
    );
    const many = Array.from({ length: 5000 }, (_, at) => ({ dataset: `gs://b/${at}`, op: 'read' as const }));
    const event = eventOf('job.submit', { datasets: many });
    expect(decide(bundle, event)?.outcome).toBe('undeclared');
    expect(decide(bundle, event)?.outcome).toBe('undeclared');
    expect(bundle.policy?.memo()).toEqual({ hits: 1, misses: 1 });
  });
});
