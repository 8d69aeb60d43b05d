/** `policy replay`: what would be decided otherwise, were this bundle in force over the stored events. */
import type { Row } from '../../schemas/tables.ts';
import type { Bundle } from '../../shared/config/bundle.ts';
import { readBundle } from '../../shared/config/read-bundle.ts';
import { trailEventOfRow } from '../../shared/model/trail-event-of-row.ts';
import type { Decision } from '../../shared/policy/decision.ts';
import { EXIT } from '../help.ts';
import type { Terminal } from '../main.ts';
import { createProgress } from '../progress.ts';
import { renderJson, renderTable, type RowSet, type TableRow } from '../table.ts';
import { openFrom } from './store.ts';
import { progressOn } from './terminal.ts';

export interface PolicyReplay {
  readonly folder: string;
  readonly store: string;
  /** Changed decisions shown. */
  readonly limit: number;
  readonly json: boolean;
}

/** Identities, bindings and agents stay as they are recorded; environments are the bundle's. */
export async function replayPolicy(
  { folder, store, limit, json }: PolicyReplay,
  terminal: Terminal,
): Promise<number> {
  const bundle = readBundle(folder);
  const opened = await openFrom(store, 'read', terminal);
  const progress = createProgress({
    label: 'policy replay',
    total: undefined,
    unit: 'events',
    terminal: progressOn(terminal),
  });
  const counts = new Map<string, number>();
  const changed: TableRow[] = [];
  let events = 0;
  try {
    for await (const row of opened.store.scan('Events')) {
      events += 1;
      progress.update(events, `${events} events`);
      const now = decideRow(row, bundle);
      const before = text(row['Decision']);
      if (now === undefined && before === '') continue;
      const pair = JSON.stringify([before, now?.outcome ?? '']);
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
      if (before !== (now?.outcome ?? '')) {
        if (changed.length < limit) changed.push(changeOf(row, before, now));
      }
    }
  } finally {
    progress.done();
    await opened.close();
  }
  const shown = { columns: CHANGE, rows: changed };
  terminal.out(json ? renderJson(shown) : summary(events, counts, shown, terminal));
  return EXIT.ok;
}

function decideRow(row: Row, bundle: Bundle): Decision | undefined {
  if (bundle.policy === undefined) return undefined;
  const event = trailEventOfRow(row);
  const environment = bundle.facts.environmentOf(event.project);
  return bundle.policy.decide({ ...event, environment }, bundle.facts);
}

const CHANGE = ['time', 'action', 'actor', 'what', 'environment', 'before', 'now', 'policies', 'event'];

const changeOf = (row: Row, before: string, now: Decision | undefined): TableRow => ({
  time: text(row['EventTime']),
  action: text(row['Action']),
  actor: text(row['Actor']),
  what: text(row['JobId']) || text(row['Resource']),
  environment: text(row['Environment']),
  before: before || '-',
  now: now?.outcome ?? '-',
  policies: now?.policies ?? [],
  event: text(row['EventId']),
});

const text = (value: Row[string]): string => (typeof value === 'string' ? value : '');

function summary(
  events: number,
  counts: ReadonlyMap<string, number>,
  changes: RowSet,
  terminal: Terminal,
): string {
  const pairs = [...counts].map(([pair, count]) => {
    const [before = '', now = ''] = JSON.parse(pair) as string[];
    return {
      before: before || '-',
      now: now || '-',
      events: count,
      changed: before === now ? '' : 'changed',
    };
  });
  const sum = pairs.reduce((total, pair) => total + (pair.changed === '' ? 0 : pair.events), 0);
  const width = terminal.outIsTty ? { width: terminal.columns } : {};
  const table = renderTable(
    {
      columns: ['before', 'now', 'events', 'changed'],
      rows: pairs.toSorted((a, b) => b.events - a.events),
    },
    width,
  );
  const more = sum - changes.rows.length;
  return [
    `${events} events, ${sum} would be decided otherwise\n`,
    table,
    ...(changes.rows.length === 0 ? [] : [renderTable(changes, width)]),
    ...(more > 0 ? [`… and ${more} more; --limit shows them\n`] : []),
  ].join('\n');
}
