/** What rules over several records said of a job or an event: the evidence that is there, and the evidence that is missing. */
import * as z from 'zod';
import type { Row } from '../../schemas/tables.ts';
import { RULES } from '../../shared/corroboration/rules/index.ts';
import { latestVerdicts } from '../../shared/reconcile/verdict-rows.ts';
import type { Store } from '../../shared/store/store.ts';
import { READY } from '../../shared/store/work.ts';
import { second, section, text, type Section } from './explanation.ts';

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

/** @param anchors ids of the events that tell of it */
export async function verdictsSection(
  store: Store,
  { jobs, anchors }: { readonly jobs: readonly string[]; readonly anchors: readonly string[] },
): Promise<Section> {
  const rows = [...(await store.work.verdicts(anchors)), ...(await store.work.verdictsOfJobs(jobs))];
  const latest = [...latestVerdicts(rows).values()].toSorted(byTimeAndRule);
  return section(
    'corroboration: what the records say together',
    ['at', 'rule', 'verdict', 'there', 'missing', 'why'],
    latest.map((row) => ({
      at: second(row['EventTime']),
      rule: text(row['Rule']),
      verdict: verdictOf(row),
      there: thereOf(row),
      missing: row['Verdict'] === 'satisfied' ? '' : (EXPECTS.get(text(row['Rule'])) ?? ''),
      why: text(row['Reason']),
    })),
  );
}

/** What is still waited for, of any record: paths with what they hold back. */
export async function heldSection(store: Store): Promise<Section> {
  const queues = (await store.work.queues()).filter((queue) => queue !== READY);
  const rows = await Promise.all(
    queues.map(async (path) => ({
      'waits for': path,
      records: await store.work.countDue(path, '9999-12-31T23:59:59.999999999Z', 1_000_000),
    })),
  );
  return section('not decided yet', ['waits for', 'records'], rows);
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

/** `gateway 3fa1b2c4 (declared-writer, request): ana > agent`: role, record, who could have written it, whom it names. */
function thereOf(row: Row): string {
  const cited = Cited.safeParse(JSON.parse(text(row['Cited'])));
  return (cited.data ?? [])
    .slice(0, 6)
    .map(({ role, eventId, provenance, grade, claims }) => {
      const how = grade === undefined ? provenance : `${provenance}, ${grade}`;
      return `${role} ${eventId.slice(0, 8)} (${how})${claims === undefined ? '' : `: ${claims.join(' for ')}`}`;
    })
    .join('; ');
}

const byTimeAndRule = (a: Row, b: Row): number =>
  `${text(a['EventTime'])} ${text(a['Rule'])}` < `${text(b['EventTime'])} ${text(b['Rule'])}` ? -1 : 1;
