/** What rules over several records said of a job or an event: the evidence that is there, and the evidence that is missing. */
import * as z from 'zod';
import type { Row } from '../../schemas/tables.ts';
import { RULES } from '../../shared/corroboration/rules/index.ts';
import { latestVerdicts } from '../../shared/reconcile/verdict-rows.ts';
import type { Store } from '../../shared/store/store.ts';
import { shortPrincipal } from './display.ts';
import { second, section, text, type Section } from './explanation.ts';
import type { TableRow } from '../table.ts';

const EXPECTS: ReadonlyMap<string, string> = new Map(
  RULES.flatMap(({ id, expects }) => (expects === undefined ? [] : [[id, expects] as const])),
);

const Cited = z.array(
  z.looseObject({
    eventId: z.string(),
    role: z.string(),
    provenance: z.string(),
    grade: z.string().optional(),
    claims: z.array(z.string()).optional(),
  }),
);

/**
 * What was said last, and under it each record that it rests on, with the record that is missing where one is.
 *
 * @param anchors ids of the events that tell of it
 */
export async function verdictsSections(
  store: Store,
  { jobs, anchors }: { readonly jobs: readonly string[]; readonly anchors: readonly string[] },
): Promise<readonly Section[]> {
  const rows = [...(await store.work.verdicts(anchors)), ...(await store.work.verdictsOfJobs(jobs))];
  const latest = [...latestVerdicts(rows).values()].toSorted(byTimeAndRule);
  return [
    section(
      'corroboration: what the records say together',
      ['at', 'rule', 'verdict', 'why'],
      latest.map((row) => ({
        at: second(row['EventTime']),
        rule: text(row['Rule']),
        verdict: verdictOf(row),
        why: text(row['Reason']),
      })),
    ),
    section(
      'evidence: what is there, and what is missing',
      ['rule', 'is', 'record', 'who could have written it', 'whom it names', 'event'],
      latest.flatMap((row) => [...thereOf(row), ...missingOf(row)]),
    ),
  ];
}

function verdictOf(row: Row): string {
  const late = Number(row['LateMs'] ?? 0);
  const joined = text(row['JoinedBy']);
  return [
    text(row['Verdict']),
    ...(joined === '' ? [] : [`by ${joined}`]),
    ...(late > 0 ? [`${Math.ceil(late / 60_000)} min late`] : []),
  ].join(', ');
}

/** The records that a row of Verdicts rests on. */
export const citedIn = (row: Row): z.infer<typeof Cited> =>
  Cited.safeParse(JSON.parse(text(row['Cited']))).data ?? [];

/** Records shown of one verdict. */
const MOST_CITED = 8;

function thereOf(row: Row): readonly TableRow[] {
  const unique = [...new Map(citedIn(row).map((one) => [`${one.role} ${one.eventId}`, one])).values()];
  return unique.slice(0, MOST_CITED).map(({ role, eventId, provenance, grade, claims = [] }) => ({
    rule: text(row['Rule']),
    is: 'there',
    record: grade === undefined ? role : `${role} (${grade})`,
    'who could have written it': WRITERS.get(provenance) ?? provenance,
    'whom it names': [...new Set(claims)].map(shortPrincipal).join(' for '),
    event: eventId,
  }));
}

/** By the provenance of a record. */
const WRITERS: ReadonlyMap<string, string> = new Map([
  ['provider', 'the provider alone'],
  ['declared-writer', 'the hop of a declared project'],
  ['signed', 'whoever holds the key'],
  ['tenant', 'anybody who may write logs'],
]);

function missingOf(row: Row): readonly TableRow[] {
  const expected = EXPECTS.get(text(row['Rule']));
  if (row['Verdict'] === 'satisfied' || expected === undefined) return [];
  return [
    { rule: text(row['Rule']), is: row['Verdict'] === 'violated' ? 'MISSING' : 'not seen', record: expected },
  ];
}

const byTimeAndRule = (a: Row, b: Row): number =>
  `${text(a['EventTime'])} ${text(a['Rule'])}` < `${text(b['EventTime'])} ${text(b['Rule'])}` ? -1 : 1;
