/** What every store must answer. */
import { describe, expect, test } from 'vitest';
import type { Row } from '../../../schemas/tables.ts';
import { batchOf, edgeOf, eventEntry, eventRow, jobEntry, policyEntry, quarantineEntry } from '../entries.ts';
import { chunks, openerOf, rowsOf, type StoreUnderTest, texts, withNulls } from './support.ts';

/** Rows of a page, so that scans of more than one are met. */
const MORE_THAN_A_PAGE = 520;

export function readingContract(subject: StoreUnderTest): void {
  const open = openerOf(subject);

  describe('reading', () => {
    test('edges by node and verb, in key order, each once', async () => {
      const store = await open();
      const jobs = [3, 1, 2].map((n) =>
        jobEntry({ job: `dataproc:p/r/job/${n}`, reads: ['gs://a'], writes: ['gs://b', 'gs://a'] }),
      );
      await store.commit(batchOf(jobs));
      const all = await store.edges([
        { node: 'gs://a' },
        { node: 'gs://a', ops: ['read'] },
        { node: 'gs://none' },
      ]);
      const brief = (rows: readonly Row[]): string[] =>
        rows.map((row) => `${String(row['Op'])} ${String(row['JobId']).at(-1)}`);
      expect(brief(all)).toEqual(['read 1', 'read 2', 'read 3', 'write 1', 'write 2', 'write 3']);
      const edge = edgeOf(jobs[0]?.rows[0].row ?? {}, 'gs://a', 'read');
      expect(all[2]).toEqual(withNulls('Edges', edge.row));
      expect(brief(await store.edges([{ node: 'gs://b', ops: ['write', 'read'] }]))).toEqual([
        'write 1',
        'write 2',
        'write 3',
      ]);
      expect(await store.edges([])).toEqual([]);
    });

    test('events by job in order of time, without their raw text; events by id with every variant', async () => {
      const store = await open();
      const job = 'dataproc:p/r/job/1';
      const times = ['03', '01', '02'].map((second) => `2026-11-20T01:00:${second}.000000000Z`);
      const over = { Raw: '{}' };
      await store.commit(batchOf(times.map((time) => jobEntry({ job, time, over }))));
      await store.commit(
        batchOf([jobEntry({ job: `${job}0` }), eventEntry('x'), eventEntry('x', { Status: 500 })]),
      );
      const events = await store.eventsByJob([job, job, 'dataproc:p/r/job/none']);
      expect(events.map((row) => row['EventTime'])).toEqual([...times].sort());
      expect(events[0]).not.toHaveProperty('Raw');
      expect(await store.eventsByJob([])).toEqual([]);
      const byId = await store.eventsById([String(eventRow('x')['EventId'])]);
      expect(texts(byId, 'Status')).toEqual(['200', '500']);
    });

    test('a scan gives every row once, in key order', async () => {
      const store = await open();
      const names = Array.from({ length: MORE_THAN_A_PAGE }, (_, i) => `n${i}`);
      for (const part of chunks(names, 130))
        await store.commit(batchOf(part.map((name) => quarantineEntry(name))));
      const ids = (await rowsOf(store, 'Quarantine')).map((row) => String(row['QuarantineId']));
      expect(ids).toEqual(
        names.map((name) => String(quarantineEntry(name).rows[0].row['QuarantineId'])).sort(),
      );
    });

    test('a scan of versions gives the newest of each policy first', async () => {
      const store = await open();
      const minute = (n: number): string =>
        `2026-11-20T${String((n / 60) | 0).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}:00.000000000Z`;
      const entries = Array.from({ length: MORE_THAN_A_PAGE }, (_, n) =>
        policyEntry({ policy: n % 2 === 0 ? 'a' : 'b', time: minute(n - (n % 4)), content: String(n) }),
      );
      for (const part of chunks(entries, 130)) await store.commit(batchOf(part));
      const found = await rowsOf(store, 'PolicyVersions');
      const brief = (row: Row): string => `${String(row['Policy'])} ${String(row['EventTime'])}`;
      const expected = entries.map(({ rows }) => brief(rows[1]?.row ?? {}));
      expect(found.map(brief)).toEqual(
        expected.toSorted((x, y) => x.charCodeAt(0) - y.charCodeAt(0) || (x < y ? 1 : x > y ? -1 : 0)),
      );
      expect(new Set(found.map((row) => row['EventId'])).size).toBe(MORE_THAN_A_PAGE);
    });

    test('a query takes typed parameters, names its columns and stops at a limit', async () => {
      const store = await open();
      await store.commit(
        batchOf(['a', 'b', 'c'].map((name) => eventEntry(name, { Bindings: ['one', 'two'] }))),
      );
      const sql = `SELECT e.Source, e.Status, e.EventTime, e.Bindings, e.RunAs FROM Events AS e
        WHERE e.EventTime >= @from AND e.Status = @status AND (@none IS NULL OR e.Source = @none) ORDER BY e.EventId`;
      const params = {
        from: { type: 'timestamp', value: '2026-11-20T01:02:03.123456789Z' },
        status: { type: 'int64', value: 200 },
        none: { type: 'string', value: null },
      } as const;
      const { columns, rows } = await store.query(sql, params, { limit: 2 });
      expect(columns).toEqual(['Source', 'Status', 'EventTime', 'Bindings', 'RunAs']);
      const row = {
        Source: 'istio',
        Status: 200,
        EventTime: '2026-11-20T01:02:03.123456789Z',
        Bindings: ['one', 'two'],
        RunAs: null,
      };
      expect(rows).toEqual([row, row]);
      const later = {
        ...params,
        from: { type: 'timestamp', value: '2026-11-20T01:02:03.123456790Z' },
      } as const;
      expect(await store.query(sql, later)).toEqual({ columns, rows: [] });
    });

    test('the functions of the common subset', async () => {
      const store = await open();
      const over = { Claims: '{"a":"x","n":1.5,"o":{"b.c":"y"},"t":true}', Bindings: ['p', 'q'] };
      await store.commit(batchOf([eventEntry('f', over)]));
      const { rows } = await store.query(
        `SELECT JSON_VALUE(e.Claims, '$.a') AS A, JSON_VALUE(e.Claims, '$.n') AS N, JSON_VALUE(e.Claims, '$.o."b.c"') AS O,
          JSON_VALUE(e.Claims, '$.o') AS Whole, JSON_VALUE(e.Claims, '$.t') AS T, JSON_VALUE(e.Claims, '$.none') AS Missing,
          ARRAY_TO_STRING(e.Bindings, '+') AS Bindings, ARRAY_LENGTH(e.Bindings) AS Size, ARRAY_LENGTH(e.Reads) AS NoSize,
          STRPOS(e.Source, 'tio') AS Pos, e.Source || '!' AS Loud,
          CASE WHEN STARTS_WITH(e.Source, 'is') AND NOT ENDS_WITH(e.Source, 'is') THEN 'yes' ELSE 'no' END AS Affixes,
          CASE WHEN e.EventTime > TIMESTAMP('2026-11-20T02:02:03+01:00') THEN 'after' ELSE 'before' END AS Time
        FROM Events AS e`,
        {},
      );
      expect(rows).toEqual([
        {
          A: 'x',
          N: '1.5',
          O: 'y',
          Whole: null,
          T: 'true',
          Missing: null,
          Bindings: 'p+q',
          Size: 2,
          NoSize: null,
          Pos: 3,
          Loud: 'istio!',
          Affixes: 'yes',
          Time: 'after',
        },
      ]);
    });

    test.each(['SELECT', 'SELECT x FROM Nothing', "DELETE FROM Events WHERE EventId = ''"])(
      '%s is refused and changes nothing',
      async (sql) => {
        const store = await open();
        await store.commit(batchOf([eventEntry('a')]));
        await expect(store.query(sql, {})).rejects.toMatchObject({ code: 'query-param' });
        expect(await rowsOf(store, 'Events')).toHaveLength(1);
      },
    );
  });
}
