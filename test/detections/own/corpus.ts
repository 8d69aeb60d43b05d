/** Own rules that are judged and refused in tests, apart from the runner, since the mutation check runs them as well. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parseBundle } from '../../../shared/config/bundle.ts';
import type { runRuleCases } from '../../../shared/detections/own/cases.ts';
import type { parseRules } from '../../../shared/detections/own/parse.ts';
import { createEventsOf } from '../../../shared/pipeline/events-of.ts';
import type { TrailEvent } from '../../../shared/model/trail-event.ts';
import type { Decision } from '../../../shared/policy/decision.ts';
import type { PolicyFile } from '../../../shared/policy/policy-files.ts';
import { SOURCES } from '../../../shared/sources/index.ts';
import { changed, EDGES, outcomeOf } from './edges.ts';
import { RIGHT, WRONG } from './refused.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** The examples of the docs, and rules that ask everything that can be asked. */
export const RULE_FILES: readonly PolicyFile[] = globSync(
  ['docs/rules/*.yaml', 'test/detections/own/rules/*.yaml'],
  {
    cwd: ROOT,
  },
)
  .toSorted()
  .map((name) => ({ name, text: readFileSync(join(ROOT, name), 'utf8') }));

const CONFIG = `version: 1
environments: { prod: [acme-prod] }
agents: [{ principal: reporter@acme-prod.iam.gserviceaccount.com, owner: ana@example.com }]
groups: { on-call: [bo@example.com] }
deployers: [ana@example.com]
datasets: [{ match: 'bigquery:acme-prod.payroll.*', classification: restricted }]
`;

const BUNDLE = parseBundle({ config: { name: 'jobtrail.yaml', text: CONFIG }, policies: [], rules: [] });

export const GROUND = {
  facts: BUNDLE.facts,
  decide: ({ action }: TrailEvent): Decision | undefined =>
    action === 'data.share' ? { outcome: 'undeclared', policies: ['p'], waitsFor: [] } : undefined,
  eventsOf: createEventsOf(SOURCES, BUNDLE),
};

/** What is said of each wrong rule, as `line: reason; instead`. */
export function refusals(parse: typeof parseRules): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    WRONG.map(([what, from, to]) => {
      const parsed = parse([{ name: 'own.yaml', text: RIGHT.replace(from, () => to) }]);
      const told =
        parsed.kind === 'parsed'
          ? []
          : parsed.problems.map(
              ({ line, reason, instead }) =>
                `${line}: ${reason}${instead === undefined ? '' : `; ${instead}`}`,
            );
      return [what, told];
    }),
  );
}

/** What each case of the rule files finds, word by word, and whether it is what the file says. */
export function judgedRules(parse: typeof parseRules, run: typeof runRuleCases): unknown {
  const parsed = parse([...RULE_FILES, { name: 'right.yaml', text: RIGHT }]);
  if (parsed.kind === 'wrong') return parsed.problems;
  // The other way round as well: every case must fail where it says the contrary.
  const contrary = parsed.rules.map((rule) => ({
    ...rule,
    cases: rule.cases.map((one) => ({
      ...one,
      fires: one.fires === undefined ? 'x' : undefined,
      quiet: one.fires === undefined ? undefined : (true as const),
    })),
  }));
  return {
    detections: parsed.rules.map(({ detection }) => ({ ...detection, decide: undefined })),
    results: run(parsed.rules, GROUND),
    edges: edges(parse),
    failing: failing(parse, run),
    files: filesRefused(parse),
    contrary: run(contrary, GROUND).map(({ failure }) => failure),
    otherKeys: run(
      parsed.rules.map((rule) => ({
        ...rule,
        cases: rule.cases
          .filter(({ fires }) => fires !== undefined)
          .map((one) => ({ ...one, fires: 'another' })),
      })),
      GROUND,
    ).map(({ failure }) => failure),
  };
}

function edges(parse: typeof parseRules): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    EDGES.map((edge) => {
      const parsed = parse([{ name: 'own.yaml', text: changed(RIGHT, edge) }]);
      const outcome =
        parsed.kind === 'wrong'
          ? parsed.problems
          : parsed.rules.map(({ detection }) => outcomeOf(detection, GROUND.facts, edge));
      return [edge.what, outcome];
    }),
  );
}

/** Cases that fail, each in its way: the words it fails with. */
function failing(parse: typeof parseRules, run: typeof runRuleCases): unknown {
  const event = "event: { action: job.cancel, environment: prod, job: 'dataproc:p/r/job/j' }";
  const changes: readonly (readonly [from: string, to: string])[] = [
    ['event.outcome == "allowed"', 'event.claims["absent"] == "x"'],
    ['event.outcome == "allowed"', 'event.outcome == "denied"'],
    [event, "event: { action: job.cancel, actor: 'no such name' }"],
    [event, "event: { action: job.cancel, runAs: 'no such name' }"],
    [event, 'entry: { insertId: x }'],
    [
      event,
      "entry: { insertId: x, timestamp: '2026-01-01T00:00:00Z', logName: projects/p/logs/unknown, textPayload: x }",
    ],
    [
      'key: event.job',
      `key: event.id + event.provenance + event.actor.proof + string(event.time - timestamp("2026-01-01T00:00:00Z"))`,
    ],
    [
      event,
      'decision: forbidden\n    event: { action: job.cancel, environment: prod, actor: ana@example.com, job: x }',
    ],
  ];
  return changes.map(([from, to]) => {
    const parsed = parse([{ name: 'own.yaml', text: RIGHT.replace(from, () => to) }]);
    return parsed.kind === 'wrong' ? parsed.problems : run(parsed.rules, GROUND);
  });
}

/** Files that are wrong together, or as files. */
function filesRefused(parse: typeof parseRules): unknown {
  const spaces = (count: number): string => RIGHT + ' '.repeat(count - RIGHT.length);
  return [
    parse([
      { name: 'a.yaml', text: RIGHT },
      { name: 'b.yaml', text: `# another\n${RIGHT}` },
    ]),
    parse([{ name: 'a.yaml', text: spaces(262_145) }]),
    parse([{ name: 'a.yaml', text: spaces(262_144) }]).kind,
    parse([{ name: 'a.yaml', text: '[]' }]),
    parse([{ name: 'a.yaml', text: 'where: 5\nkey: ["x"]\nevidence: 7' }]),
    parse([
      { name: 'a.yaml', text: 'where: event.x\nkey: "event.y"\nevidence: [[a, event.z], [b], 5, [c, 6]]' },
    ]),
    parse([{ name: 'a.yaml', text: 'where: ""\nkey: " "\nevidence: [~, ab, [a, b, event.z], [a, ""]]' }]),
    parse([{ name: 'a.yaml', text: '' }]),
    parse([]),
  ];
}

const golden = (name: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, name), 'utf8'));

/** For the mutation check: what is not as the golden files have it; undefined where all is. */
export function ownFailure(modules: {
  readonly parseRules: typeof parseRules;
  readonly runRuleCases: typeof runRuleCases;
}): string | undefined {
  if (!isDeepStrictEqual(plain(refusals(modules.parseRules)), golden('refused.golden.json')))
    return 'refused';
  const judged = judgedRules(modules.parseRules, modules.runRuleCases);
  return isDeepStrictEqual(plain(judged), golden('judged.golden.json')) ? undefined : 'judged';
}

/** As JSON has it. */
export const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
