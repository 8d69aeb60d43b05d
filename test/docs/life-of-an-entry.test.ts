/** What docs/life-of-an-entry.md says of repetition, conflict and the balance, on the embedded store. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Row, TableName } from '../../schemas/tables.ts';
import { EMPTY_CONFIG } from '../../shared/config/parse.ts';
import { createGroupCommitter } from '../../shared/pipeline/group-commit.ts';
import { commitReceived, DEFAULT_ATTEMPTS, type Ingest, receivePush } from '../../shared/pipeline/ingest.ts';
import { createPreparer } from '../../shared/pipeline/prepare.ts';
import { dataproc } from '../../shared/sources/dataproc/index.ts';
import { openStore } from '../../shared/store/open.ts';
import type { Store } from '../../shared/store/store.ts';

let store: Store;
let ingest: Ingest;

beforeEach(async () => {
  store = await openStore('sqlite::memory:');
  const now = (): string => '2026-01-31T22:00:00.000000000Z';
  const preparer = createPreparer({ sources: [dataproc], loaded: EMPTY_CONFIG });
  const committer = createGroupCommitter({ store, preparer, path: 'push', now });
  ingest = { source: dataproc, preparer, committer, now, attempts: DEFAULT_ATTEMPTS };
});

afterEach(() => store.close());

function entryOf(methodName: string, extra: object = {}): object {
  return {
    logName: 'projects/p/logs/cloudaudit.googleapis.com%2Factivity',
    insertId: 'i',
    timestamp: '2026-01-31T22:00:00Z',
    protoPayload: {
      serviceName: 'dataproc.googleapis.com',
      methodName: `google.cloud.dataproc.v1.JobController.${methodName}`,
      authenticationInfo: { principalEmail: 'ana@example.com' },
      request: { projectId: 'p', region: 'r', jobId: 'nightly-1', ...extra },
    },
  };
}

async function push(entry: object | string, deliveryAttempt = 1): Promise<readonly string[]> {
  const text = typeof entry === 'string' ? entry : JSON.stringify(entry);
  const body = { message: { data: Buffer.from(text).toString('base64'), messageId: '1' }, deliveryAttempt };
  const received = receivePush(ingest, Buffer.from(JSON.stringify(body)), {});
  return new Promise((resolve, reject) => {
    commitReceived(ingest, received, (error, fates) =>
      fates === undefined ? reject(error) : resolve(fates),
    );
  });
}

async function all(table: TableName): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of store.scan(table)) rows.push(row);
  return rows;
}

async function count(view: string): Promise<number> {
  const { rows } = await store.query(`SELECT v.EventId FROM ${view} AS v ORDER BY v.EventId`, {});
  return rows.length;
}

describe('docs/life-of-an-entry.md', () => {
  it('writes nothing of a second delivery but its receipt', async () => {
    expect(await push(entryOf('CancelJob'))).toEqual(['stored']);
    const facts = [await all('Events'), await all('Edges')];
    expect(await push(entryOf('CancelJob'), 2)).toEqual(['duplicate']);
    expect([await all('Events'), await all('Edges')]).toEqual(facts);
    const receipts = await all('Receipts');
    const counted = receipts.map((row) => [row['Stored'], row['Duplicate'], row['RowCount']].join(' '));
    expect(counted.toSorted()).toEqual(['0 1 0', '1 0 2']);
  });

  it('keeps both contents of one id', async () => {
    await push(entryOf('CancelJob'));
    expect(await push(entryOf('DeleteJob'))).toEqual(['conflicting']);
    expect(await count('EventConflicts')).toBe(1);
    expect(await all('Events')).toHaveLength(2);
  });

  it('tells a rendition from another content with the same columns', async () => {
    await push(entryOf('CancelJob'));
    expect(await push(Object.fromEntries(Object.entries(entryOf('CancelJob')).toReversed()))).toEqual([
      'duplicate',
    ]);
    expect(await all('Renditions')).toHaveLength(2);
    expect(await count('RenditionConflicts')).toBe(0);
    expect(await push(entryOf('CancelJob', { note: 'not recorded' }))).toEqual(['conflicting']);
    expect(await count('RenditionConflicts')).toBe(1);
    expect(await all('Events')).toHaveLength(1);
  });

  it('counts what no source owns by its name, with a receipt', async () => {
    const other = {
      logName: 'projects/p/logs/other',
      insertId: 'i',
      timestamp: '2026-01-31T22:00:00Z',
      textPayload: 'x',
    };
    expect(await push(other)).toEqual(['filtered']);
    const [receipt] = await all('Receipts');
    expect(receipt).toMatchObject({
      Received: 1,
      Filtered: 1,
      FilteredBy: '{"no-source:other":1}',
      Source: 'unrouted',
    });
  });

  it('keeps one row of an entry that cannot be read, however often it comes', async () => {
    expect(await push('{')).toEqual(['quarantined']);
    expect(await push('{')).toEqual(['duplicate']);
    expect(await all('Quarantine')).toHaveLength(1);
  });

  it('does not read a message at the end of its attempts', async () => {
    expect(await push(entryOf('CancelJob'), DEFAULT_ATTEMPTS.rawFrom)).toEqual(['quarantined']);
    expect((await all('Quarantine')).map((row) => row['Reason'])).toEqual(['delivery-exhausted']);
    expect(await all('Events')).toEqual([]);
  });
});
