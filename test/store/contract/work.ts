/** The queue of open work, groups, sightings and verdicts: what reconcile needs of a store. */
import { describe, expect, test } from 'vitest';
import type { Row } from '../../../schemas/tables.ts';
import { parseArrivals } from '../../../shared/corroboration/health/arrivals.ts';
import type { TableRow } from '../../../shared/store/store.ts';
import { READY, workRow, type WorkItem } from '../../../shared/store/work.ts';
import { batchOf, eventEntry, eventRow, NOW } from '../entries.ts';
import { openerOf, rowsOf, texts, type StoreUnderTest } from './support.ts';

const EXPIRES = '2027-11-20T00:00:00.000000000Z';
const at = (minute: number): string => `2026-11-20T01:${String(minute).padStart(2, '0')}:00.000000001Z`;
const id = (digit: string): string => digit.repeat(64);

const item = (digit: string, minute: number, queue = READY): WorkItem => ({
  queue,
  dueAt: at(minute),
  id: id(digit),
  eventTime: at(minute),
});

const seen = (bucket: string, eventId = id('a')): TableRow => ({
  table: 'Sightings',
  row: {
    Family: 'hop',
    Subject: 'gateway|dataproc|p|ana',
    Bucket: bucket,
    EventId: eventId,
    ExpireAt: EXPIRES,
  },
});

const witness = (name: string, minute: number, subject = 'ana'): TableRow => ({
  table: 'Witnesses',
  row: {
    Family: 'denied',
    Subject: subject,
    EventTime: at(minute),
    EventId: String(eventRow(name)['EventId']),
    Variant: '',
    ExpireAt: EXPIRES,
  },
});

function verdict(anchor: string, verdictId: string, over: Row = {}): Row {
  return {
    AnchorId: anchor,
    Rule: 'some-rule',
    About: '',
    VerdictId: verdictId.repeat(32),
    RuleVersion: 1,
    Verdict: 'violated',
    Cited: '[]',
    EventTime: at(1),
    PolicyDigest: id('d'),
    Facts: 1,
    DecidedAt: NOW,
    ExpireAt: EXPIRES,
    ...over,
  };
}

const finding = (digit: string): Row => ({
  FindingId: id(digit),
  Variant: '',
  Shard: 1,
  Rule: 'some-rule',
  RuleVersion: 1,
  Severity: 'high',
  Verdict: 'violation',
  FindingKey: 'key',
  Title: 'Something was found',
  Summary: 'Something was found.',
  Evidence: '[]',
  EventId: id('a'),
  EventTime: at(1),
  StoredAt: NOW,
  PolicyDigest: id('d'),
  ExpireAt: EXPIRES,
});

const NOTHING = { verdicts: [], findings: [], done: [], open: [] };

export function workContract(subject: StoreUnderTest): void {
  const open = openerOf(subject);

  describe('open work', () => {
    test('of a new entry is queued with its rows; of a duplicate it is not queued again', async () => {
      const store = await open();
      const entry = {
        ...eventEntry('a'),
        work: [{ table: 'OpenWork', row: workRow(item('a', 5)) } as const],
      };
      await store.commit(batchOf([entry]));
      expect(await store.work.due(READY, at(9), 10)).toEqual([item('a', 5)]);
      await store.work.settle({ ...NOTHING, done: [item('a', 5)] });
      await store.commit(batchOf([entry]));
      expect(await store.work.due(READY, at(9), 10)).toEqual([]);
    });

    test('comes when it is due, the longest due first, up to a limit, each queue by itself', async () => {
      const store = await open();
      const items = [item('1', 9), item('2', 3), item('3', 6), item('4', 1, 'gateway')];
      await store.work.settle({ ...NOTHING, open: items });
      expect((await store.work.due(READY, at(6), 10)).map((one) => one.id)).toEqual([id('2'), id('3')]);
      expect((await store.work.due(READY, at(10), 2)).map((one) => one.id)).toEqual([id('2'), id('3')]);
      expect(await store.work.due('gateway', at(1), 10)).toEqual([items[3]]);
      expect(await store.work.due('gateway', '2026-11-20T01:00:59.999999999Z', 10)).toEqual([]);
      expect(await store.work.queues()).toEqual([READY, 'gateway']);
      expect(await store.work.countDue(READY, at(6), 10)).toBe(2);
      expect(await store.work.countDue(READY, at(59), 2)).toBe(2);
    });

    test('moves from one queue to another in one step', async () => {
      const store = await open();
      const sighting = { family: 'work', subject: 'dataproc:p/r/job/j', bucket: '2026-11-20' };
      const before = { ...item('b', 2), sighting };
      const after = { ...before, queue: 'dataproc', dueAt: at(12) };
      await store.work.settle({ ...NOTHING, open: [before] });
      await store.work.settle({ ...NOTHING, done: [before], open: [after] });
      expect(await store.work.queues()).toEqual(['dataproc']);
      expect(await store.work.due('dataproc', at(12), 10)).toEqual([after]);
      // Taken off and put back at the same place.
      await store.work.settle({ ...NOTHING, done: [after], open: [after] });
      expect(await store.work.due('dataproc', at(12), 10)).toEqual([after]);
    });
  });

  describe('groups', () => {
    test('are read by a span of time, both ends in it, and no other group with them', async () => {
      const store = await open();
      const entries = [3, 5, 7].map((minute) => {
        const entry = eventEntry(`e${minute}`);
        return {
          ...entry,
          rows: [entry.rows[0], witness(`e${minute}`, minute), witness(`e${minute}`, minute, 'ana|b')],
        } as const;
      });
      await store.commit(batchOf(entries));
      const range = { family: 'denied', subject: 'ana', from: at(5), until: at(7) };
      const rows = await store.work.witnesses([range]);
      expect(rows.map((row) => row['EventTime'])).toEqual([at(5), at(7)]);
      expect(rows.every((row) => row['Subject'] === 'ana')).toBe(true);
      const events = await store.work.events(rows.map((row) => String(row['EventId'])));
      expect(texts(events, 'EventId')).toEqual(texts(rows, 'EventId'));
      expect(events[0]).not.toHaveProperty('Raw');
      expect(await store.work.witnesses([{ ...range, family: 'start' }])).toEqual([]);
    });

    test('what was seen is kept once for each bucket and read by the beginning of buckets', async () => {
      const store = await open();
      const sightings = [seen('2026-11-18'), seen('2026-11-19'), seen('2026-11-20T10:2|gs://b')];
      await store.commit(batchOf([{ ...eventEntry('a'), sightings }]));
      await store.commit(batchOf([{ ...eventEntry('b'), sightings: sightings.slice(0, 2) }]));
      expect(await rowsOf(store, 'Sightings')).toHaveLength(3);
      const asked = { family: 'hop', subject: 'gateway|dataproc|p|ana' };
      const range = await store.work.sightings([{ ...asked, from: '2026-11-19', until: '2026-11-20' }]);
      expect(texts(range, 'Bucket')).toEqual(['2026-11-19', '2026-11-20T10:2|gs://b']);
      expect(await store.work.sightings([{ ...asked, subject: 'gateway', from: '', until: '9' }])).toEqual(
        [],
      );
    });

    test('another connection that has seen the same writes the same', async () => {
      const store = await open();
      await store.commit(batchOf([{ ...eventEntry('a'), sightings: [seen('2026-11-18')] }]));
      const other = await open('same');
      await other.commit(batchOf([{ ...eventEntry('b'), sightings: [seen('2026-11-18', id('b'))] }]));
      expect(await rowsOf(store, 'Sightings')).toHaveLength(1);
    });
  });

  describe('verdicts', () => {
    test('are written with their findings and the queue, and are the same when they come twice', async () => {
      const store = await open();
      const batch = {
        ...NOTHING,
        verdicts: [verdict(id('a'), '1', { FindingId: id('f'), JobId: 'j' })],
        findings: [finding('f')],
      };
      expect(await store.work.settle(batch)).toEqual([id('f')]);
      expect(await store.work.settle(batch)).toEqual([]);
      expect(await rowsOf(store, 'Verdicts')).toHaveLength(1);
      expect(texts(await store.work.verdicts([id('a'), id('b')]), 'VerdictId')).toEqual(['1'.repeat(32)]);
      expect(texts(await store.work.verdictsOfFindings([id('f')]), 'AnchorId')).toEqual([id('a')]);
      expect(texts(await store.work.verdictsOfJobs(['j', 'k']), 'AnchorId')).toEqual([id('a')]);
      expect(await store.work.verdicts([])).toEqual([]);
    });

    test('the last of an anchor is the one that was decided last', async () => {
      const store = await open();
      const later = '2026-11-20T12:01:00.000000000Z';
      await store.work.settle({
        ...NOTHING,
        verdicts: [verdict(id('a'), '2'), verdict(id('a'), '1', { Verdict: 'satisfied', DecidedAt: later })],
      });
      const { rows } = await store.query('SELECT Verdict FROM LatestVerdicts', {});
      expect(rows).toEqual([{ Verdict: 'satisfied' }]);
    });
  });

  describe('paths', () => {
    test('are kept as they were put last', async () => {
      const store = await open();
      const path = { Path: 'kong/edge', Status: 'live', Watermark: null, State: '{}', UpdatedAt: NOW };
      await store.work.putPaths([path]);
      await store.work.putPaths([{ ...path, Status: 'blind', Watermark: NOW }]);
      expect(await store.work.paths()).toEqual([{ ...path, Status: 'blind', Watermark: NOW }]);
    });

    test('what commits brought of them is read from a time on, where it is asked for', async () => {
      const store = await open();
      await store.commit({ ...batchOf([eventEntry('a'), eventEntry('a')]), arrivals: true });
      await store.commit({ ...batchOf([eventEntry('b')]), arrivals: true, now: at(30) });
      await store.commit(batchOf([eventEntry('c')]));
      await store.commit({ ...batchOf([eventEntry('a')]), arrivals: true });
      const rows = await store.work.arrivals(NOW, 100);
      expect(
        rows.map((row) => Object.values(parseArrivals(String(row['Paths'])).paths).map(({ n }) => n)),
      ).toEqual([[1]]);
      expect(await store.work.arrivals(at(0), 100)).toHaveLength(2);
    });
  });
}
