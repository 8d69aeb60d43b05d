/** One seed from its generation to its figures. */
import type { Row } from '../../schemas/tables.ts';
import type { StoryId } from './book.ts';
import { newFigures, type RuleFigures, type SeedFigures } from './figures.ts';
import { generate, type Generated, type Options } from './generate.ts';
import { foundOfRow, match, type Found, type Matched, type Truth } from './judge.ts';
import { drive, type Driven } from './pipeline.ts';
import { HOUR, MINUTE } from './told.ts';
import type { Delivery, Outage } from './transport.ts';

/** Entries of one commit. */
const BATCH = 500;

export interface Telling {
  /** How many of what was missed or is false are told, of each rule. */
  readonly examples?: number;
  /** File that the store is kept in; memory where absent. */
  readonly store?: string;
}

export async function simulate(
  options: Options,
  { examples = 0, store = ':memory:' }: Telling = {},
): Promise<SeedFigures> {
  const began = process.cpuUsage();
  const generated = generate(options);
  const driven = drive(generated.texts, store);
  try {
    await run(generated, driven);
    const { user, system } = process.cpuUsage(began);
    return await figuresOf(options.seed, generated, driven, (user + system) / 1e6, examples);
  } finally {
    await driven.close();
  }
}

async function run({ deliveries, watched }: Generated, driven: Driven): Promise<void> {
  let next = 0;
  const take = (until: number): readonly Delivery[] => {
    const from = next;
    while ((deliveries[next]?.arrival ?? Number.POSITIVE_INFINITY) < until) next += 1;
    return deliveries.slice(from, next);
  };
  // The months before are there when the simulation begins, each hour's as they arrived.
  const before = Map.groupBy(take(watched.from), ({ arrival }) => Math.floor(arrival / HOUR));
  for (const [hour, some] of before) await commitAll(driven, some, (hour + 1) * HOUR - 1);
  for (let now = watched.from + MINUTE; now <= watched.until; now += MINUTE) {
    await commitAll(driven, take(now), now - 1);
    await driven.tick(now);
  }
}

async function commitAll(driven: Driven, deliveries: readonly Delivery[], now: number): Promise<void> {
  for (let at = 0; at < deliveries.length; at += BATCH)
    await driven.commit(deliveries.slice(at, at + BATCH), now);
}

async function rowsOf(driven: Driven, table: 'Findings' | 'Verdicts' | 'OpenWork'): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const row of driven.store.scan(table)) rows.push(row);
  return rows;
}

async function figuresOf(
  seed: number,
  generated: Generated,
  driven: Driven,
  seconds: number,
  examples: number,
): Promise<SeedFigures> {
  const truth = truthOf(generated, driven);
  const findings = (await rowsOf(driven, 'Findings')).map(foundOfRow);
  const verdicts = latest(await rowsOf(driven, 'Verdicts'));
  const waiting = (await rowsOf(driven, 'OpenWork')).length;
  const violations = findings.filter(({ verdict }) => verdict === 'violation');
  const matched = match(violations, truth);
  const standing = new Set(
    verdicts.flatMap((row) => (row['Verdict'] === 'violated' ? [String(row['FindingId'])] : [])),
  );
  const turned = violations.filter(({ id, events }) => !standing.has(id) && events.length > 0);
  const rules = rulesOf(generated, truth, matched, findings, new Set(turned.map(({ id }) => id)));
  const undetermined = verdicts.filter((row) => row['Verdict'] === 'undetermined');
  const inOutage = undetermined.filter((row) =>
    during(Date.parse(String(row['EventTime'])), generated.outages),
  );
  return {
    seed,
    entries: generated.deliveries.length,
    jobs: generated.jobs,
    quarantined: [...driven.tally.quarantined.values()].reduce((sum, n) => sum + n, 0),
    verdicts: verdicts.length,
    undetermined: undetermined.length - inOutage.length,
    undeterminedInOutages: inOutage.length,
    waiting,
    resolved: turned.length,
    rules,
    errors: Object.fromEntries(driven.tally.errors),
    seconds,
    examples: examplesOf(matched, generated, examples),
  };
}

/** Long enough after an outage for what waited for its path. */
const during = (time: number, outages: readonly Outage[]): boolean =>
  outages.some(({ from, until }) => time >= from - HOUR / 2 && time <= until + HOUR / 2);

function latest(rows: readonly Row[]): readonly Row[] {
  const last = new Map<string, Row>();
  for (const row of rows) {
    const key = JSON.stringify([row['AnchorId'], row['Rule'], row['About']]);
    const known = last.get(key);
    if (known === undefined || String(row['DecidedAt']) >= String(known['DecidedAt'])) last.set(key, row);
  }
  return [...last.values()];
}

function truthOf({ stories, outages, deliveries }: Generated, driven: Driven): Truth {
  const arrived = new Map<StoryId, { last: number; beyondGrace: boolean }>();
  for (const { story, arrival, beyondGrace, again } of deliveries) {
    if (story === undefined || again) continue;
    const known = arrived.get(story);
    if (known === undefined) arrived.set(story, { last: arrival, beyondGrace });
    else {
      known.last = Math.max(known.last, arrival);
      known.beyondGrace ||= beyondGrace;
    }
  }
  return { stories, outages, storiesOf: driven.storiesOf, arrived };
}

function rulesOf(
  { stories }: Generated,
  truth: Truth,
  { judged, hits }: Matched,
  findings: readonly Found[],
  turned: ReadonlySet<string>,
): Readonly<Record<string, RuleFigures>> {
  const rules: Record<string, RuleFigures> = {};
  const of = (rule: string): RuleFigures => (rules[rule] ??= newFigures());
  for (const { id, injection } of stories) {
    if (injection === undefined) continue;
    const one = of(injection.rule);
    const variant = (one.variants[injection.variant] ??= [0, 0]);
    one.injected += 1;
    variant[0] += 1;
    const hit = hits.get(id);
    if (hit === undefined) continue;
    one.found += 1;
    variant[1] += 1;
    one.delays.push(hit.storedAt - hit.time);
    const due = Math.max(hit.time + (WAITS[injection.rule] ?? 0), truth.arrived.get(id)?.last ?? 0);
    one.beyond.push(Math.max(0, hit.storedAt - due));
  }
  const keys = new Map<string, Set<string>>();
  for (const { rule, key, verdict } of findings) {
    const one = of(rule);
    if (verdict === 'undetermined') one.undetermined += 1;
    else one.findings += 1;
    keys.set(rule, (keys.get(rule) ?? new Set()).add(key));
  }
  for (const [rule, distinct] of keys) of(rule).alerts = distinct.size;
  for (const { of: story, finding, withinGrace } of judged) {
    const one = of(finding.rule);
    if (story !== undefined) continue;
    if (withinGrace) one.falseWithin += 1;
    else one.falseBeyond += 1;
    if (turned.has(finding.id)) one.takenBack += 1;
  }
  return rules;
}

/** What a verdict has to wait for beside the records of the injection: window and lateness, milliseconds after its time. */
const WAITS: Readonly<Record<string, number>> = {
  'audit-record-without-gateway-evidence': 7 * MINUTE,
  'gateway-call-without-audit-record': 15 * MINUTE,
  'identity-mismatch-mesh-vs-audit': 7 * MINUTE,
  'denied-then-succeeded-elsewhere': 7 * MINUTE,
  'job-ran-without-audit-record': 10 * MINUTE,
  'data-access-outside-jobs': 30 * MINUTE,
  'agent-job-without-sponsor': 20 * MINUTE,
  'action-without-approval': 5 * MINUTE,
  'policy-not-met-once-settled': 7 * MINUTE,
  'change-without-deploy-record': 35 * MINUTE,
  'log-sequence-gap': 24 * HOUR,
  'job-reads-undeclared-data': 20 * MINUTE,
  'used-under-undeclared-policy': 10 * MINUTE,
};

function examplesOf(
  { judged, hits }: Matched,
  { stories, outages }: Generated,
  limit: number,
): readonly string[] {
  const seen = new Map<string, number>();
  const first = (name: string): boolean => {
    const known = seen.get(name) ?? 0;
    seen.set(name, known + 1);
    return known < limit;
  };
  const at = (time: number): string => new Date(Math.floor(time)).toISOString();
  return [
    ...(limit === 0
      ? []
      : outages.map(
          ({ path, from, until, lost }) =>
            `outage: ${path} ${lost ? 'loses' : 'holds up'} what it carries from ${at(from)} to ${at(until)}`,
        )),
    ...judged
      .filter(({ of, finding }) => of === undefined && first(`false ${finding.rule}`))
      .map(
        ({ finding: { rule, key, time, storedAt, summary }, withinGrace }) =>
          `false${withinGrace ? '' : ' (late evidence)'}: ${rule}: ${key}: at ${at(time)}, told ${at(storedAt)}: ${summary}`,
      ),
    ...stories
      .filter(
        ({ id, injection }) =>
          injection !== undefined && !hits.has(id) && first(`missed ${injection.rule} ${injection.variant}`),
      )
      .map(
        ({ from, until, injection }) =>
          `missed: ${injection?.rule ?? ''}: ${injection?.variant ?? ''}: ${at(from)} to ${at(until)}, ${injection?.subject ?? injection?.path ?? ''}`,
      ),
  ];
}
