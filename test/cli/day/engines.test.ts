/** What the engines list of the day, against what the day's audit entries say was submitted. */
import { expect, it } from 'vitest';
import { companyConfig } from '../../../cli/day/config.ts';
import { enginesOf } from '../../../cli/day/day.ts';
import { observeConfig, serveEngines } from '../../../cli/run/engine-server.ts';
import { inventoriesOf } from '../../../functions/observed/inventories.ts';
import { Observe } from '../../../schemas/config.ts';
import { parseConfig } from '../../../shared/config/parse.ts';
import { decodeEntry } from '../../../shared/envelope/entry.ts';
import { ordinals } from '../../../shared/envelope/event-id.ts';
import { createPreparer } from '../../../shared/pipeline/prepare.ts';
import { observed } from '../../../shared/sources/observed/index.ts';
import { SOURCES } from '../../../shared/sources/index.ts';
import { DATE, day } from './told.ts';

const NOW = '2026-11-20T00:00:00.000000000Z';

/** Ids of jobs that the records' events are about. */
function jobsIn(texts: readonly string[], sources: typeof SOURCES): ReadonlySet<string> {
  const loaded = parseConfig(JSON.stringify(companyConfig), 'day');
  const preparer = createPreparer({ sources, loaded });
  const adopt = (record: Parameters<NonNullable<(typeof SOURCES)[number]['adopt']>>[0]) =>
    sources.map((source) => source.adopt?.(record)).find((entry) => entry !== undefined);
  const rows = texts
    .flatMap((text) => decodeEntry(Buffer.from(text), { ordinalOf: ordinals(), adopt }))
    .map((decoded) => preparer.prepare(decoded, NOW))
    .flatMap((prepared) => (prepared.kind === 'rows' ? [prepared.entry.rows[0]] : []));
  expect(rows.filter(({ table }) => table === 'Quarantine')).toEqual([]);
  return new Set(rows.flatMap(({ row }) => (typeof row['JobId'] === 'string' ? [row['JobId']] : [])));
}

it('lists jobs whose submission is told, and of every engine', async () => {
  const server = await serveEngines(enginesOf({ date: DATE, seed: 7 }, day));
  const records: string[] = [];
  try {
    const until = new Date(`${DATE}T24:00:00Z`);
    const ask = {
      now: until,
      since: new Date(until.getTime() - 86_400_000),
      metricsSince: until,
      deadline: Date.now() + 60_000,
    };
    const inventories = inventoriesOf(Observe.parse(observeConfig(server)), {
      urls: { dataproc: server.url, dataflow: server.url, monitoring: undefined },
      maxPages: 5,
      googleToken: () => Promise.resolve(undefined),
      databricksToken: () => Promise.resolve('of-the-day'),
    });
    for (const inventory of inventories)
      for await (const record of inventory.list(ask)) records.push(JSON.stringify(record));
  } finally {
    await server.stop();
  }
  const listed = jobsIn(records, [observed]);
  const entries = day.filter(({ category, file }) => category !== 'broken' && file === undefined);
  const audited = jobsIn(
    entries
      .filter(({ subscription }) => ['dataproc', 'dataflow'].includes(subscription))
      .map(({ data }) => data),
    SOURCES,
  );
  const ofGoogle = [...listed].filter((id) => !id.startsWith('databricks:'));
  expect(ofGoogle.length).toBeGreaterThan(40);
  expect(ofGoogle.filter((id) => !audited.has(id))).toEqual([]);
  expect(listed.size - ofGoogle.length).toBeGreaterThan(3);
});
