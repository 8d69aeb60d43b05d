import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../../schemas/log-entry.ts';
import type { AuditEventDraft } from '../../../shared/model/event.ts';
import { LogEntry as Schema } from '../../../schemas/log-entry.ts';
import { spanner } from '../../../shared/sources/spanner/index.ts';
import { statementOp } from '../../../shared/sources/spanner/statement.ts';
import { constructedEntries, eventOf, throwsNothing } from '../../support/constructed.ts';
import { sampleLines } from '../../support/samples.ts';

const all = constructedEntries('spanner');
const SESSION = 'projects/p/instances/i/databases/d/sessions/s';

function call(name: string, more: object = {}): AuditEventDraft | undefined {
  const entry: LogEntry = {
    logName: 'projects/p/logs/cloudaudit.googleapis.com%2Fdata_access',
    protoPayload: {
      serviceName: 'spanner.googleapis.com',
      methodName: `google.spanner.v1.Spanner.${name}`,
      resourceName: SESSION,
      ...more,
    },
  };
  return eventOf(spanner, entry);
}

describe('coverage', () => {
  it.each(spanner.methods)('%s has a constructed sample', (method) => {
    expect(all.some((entry) => entry.protoPayload?.methodName === method)).toBe(true);
  });
});

describe('direction', () => {
  it.each([
    ['SELECT 1', 'read'],
    ['  (( select 1', 'read'],
    ['-- x\n# y\n/* z */ @{HINT=1} insert INTO t VALUES (1)', 'write'],
    ['/* SELECT */ DELETE FROM t WHERE true', 'write'],
    ['UPDATED', undefined],
    ['SET x = 1', undefined],
    ['/* no end', undefined],
    ['', undefined],
    [undefined, undefined],
  ] as const)('of %j', (sql, op) => {
    expect(statementOp(sql)).toBe(op);
  });

  it('is unknown behind a preamble that never ends', () => {
    expect(statementOp('/*'.repeat(2_000_000))).toBeUndefined();
  });

  it('is unknown where the text is missing and the transaction may write', () => {
    const authorizationInfo = [{ permission: 'spanner.databases.beginOrRollbackReadWriteTransaction' }];
    expect(call('ExecuteSql', { authorizationInfo })?.datasets).toEqual([
      { dataset: 'spanner://p:i/d', op: 'use', strength: 'stated' },
    ]);
    expect(call('ExecuteSql')?.datasets?.[0]?.op).toBe('read');
  });
});

describe('the dataset', () => {
  it('is one for each access: the table where one is named, else the database', () => {
    const insert = (table: string): object => ({ insert: { table } });
    const write = (...tables: string[]): unknown =>
      call('Commit', { request: { mutations: tables.map(insert) } })?.datasets;
    expect(write('A', 'A')).toEqual([{ dataset: 'spanner://p:i/d.A', op: 'write', strength: 'stated' }]);
    expect(write('A', 'B')).toEqual([{ dataset: 'spanner://p:i/d', op: 'write', strength: 'stated' }]);
    expect(write()).toEqual([{ dataset: 'spanner://p:i/d', op: 'write', strength: 'stated' }]);
    expect(call('Read', { request: { table: 'x/../y' } })?.datasets?.[0]?.dataset).toBe('spanner://p:i/d');
  });

  it('is none where nothing was touched', () => {
    expect(call('Commit', { status: { code: 10 } })).not.toHaveProperty('datasets');
    expect(call('Read', { status: { code: 7 } })).not.toHaveProperty('datasets');
    expect(call('Read', { resourceName: 'projects/p/instances/i' })).not.toHaveProperty('datasets');
  });
});

describe('a pair of entries', () => {
  it('is one access: the last entry makes no dataset and names nobody', () => {
    const streaming = constructedEntries('spanner', 'data').filter(
      (entry) => entry.operation?.id !== undefined,
    );
    const [first, last] = streaming.map((entry) => eventOf(spanner, entry));
    expect(first).toMatchObject({ operation: { phase: 'first' }, datasets: [{ op: 'read' }] });
    expect(last).toMatchObject({ operation: { phase: 'last' }, identity: { absent: 'operation-end' } });
    expect(last).not.toHaveProperty('datasets');
  });
});

describe('hostile input', () => {
  it('keeps SQL out of every event', () => {
    expect(JSON.stringify(all)).toContain('s3cr3t');
    expect(JSON.stringify(all.map((entry) => spanner.normalise(entry)))).not.toContain('s3cr3t');
  });

  it('never throws, whatever stands where a field is read', () => {
    expect(() => throwsNothing(spanner, all)).not.toThrow();
  });
});

describe('entries by others', () => {
  const entries = sampleLines('spanner').flatMap(({ lines }) =>
    lines.map((line) => Schema.parse(JSON.parse(line))),
  );

  it.skipIf(entries.length === 0)('are events of a known method', () => {
    for (const entry of entries) {
      expect(spanner.owns(entry)).toBe(true);
      expect(spanner.normalise(entry)).toMatchObject({ kind: 'event' });
      expect(spanner.normalise(entry)).not.toHaveProperty('unknownMethod');
    }
  });
});
