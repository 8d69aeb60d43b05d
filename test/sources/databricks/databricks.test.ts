import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogEntry } from '../../../schemas/log-entry.ts';
import { isUndated, NO_TIME } from '../../../shared/envelope/entry-time.ts';
import { databricks } from '../../../shared/sources/databricks/index.ts';
import { sampleLines } from '../../support/samples.ts';
import { adopted, decoded, eventOf, line, WORKSPACE } from './records.ts';

const idOf = (text: string): string => {
  const entry = decoded(text);
  return entry.kind === 'entry' ? entry.eventId : entry.code;
};

describe('identity of a record', () => {
  it('is the same when the file is delivered again, and however it is laid out', () => {
    const text = line({});
    expect(idOf(text)).toBe(idOf(line({})));
    const turned = JSON.stringify(JSON.parse(text), null, 2);
    expect(idOf(turned)).toBe(idOf(text));
  });

  it('tells apart what shares a request id: request and answer, the parts of a bulk change', () => {
    const ids = [
      line({}),
      line({ response: null }),
      line({ actionName: 'runStart' }),
      line({ requestParams: { job_id: '43' } }),
    ].map(idOf);
    expect(new Set(ids).size).toBe(4);
  });

  it('is the event id of a system table row', () => {
    const row = { service_name: 'jobs', action_name: 'runNow', event_time: '2026-02-02T01:01:01Z' };
    const entry = adopted(JSON.stringify({ ...row, event_id: 'e-1', request_id: 'r' }));
    expect(entry).toMatchObject({ insertId: 'e-1', logName: 'databricks/-/audit' });
  });
});

describe('time', () => {
  const timeOf = (timestamp: unknown): string => {
    const entry = decoded(line({ timestamp }));
    return entry.kind === 'entry' ? entry.eventTime : entry.code;
  };

  it.each([
    [1770000000123, '2026-02-02T02:40:00.123000000Z'],
    ['1770000000123', '2026-02-02T02:40:00.123000000Z'],
    ['2026-02-02T03:40:00.123456+01:00', '2026-02-02T02:40:00.123456000Z'],
    // Seconds and microseconds are not what Databricks writes: not guessed at.
    [1770000000, 'entry-bad-time'],
    [1770000000123000, 'entry-bad-time'],
    [-1, 'entry-bad-time'],
    [1.5e12 + 0.5, 'entry-bad-time'],
    [true, 'entry-bad-time'],
    [{ at: 1770000000123 }, 'entry-bad-time'],
    // Without a time it has no place in time, and says so.
    [null, NO_TIME],
    ['', NO_TIME],
  ])('%j is %s', (timestamp, expected) => {
    expect(timeOf(timestamp)).toBe(expected);
  });
});

describe('runs and jobs', () => {
  it('keeps every digit of ids above 2^53, as numbers and inside strings', () => {
    const text = line({ actionName: 'repairRun' }).replace('"job_id":"42"', '"run_id":9007199254740993');
    const result = databricks.normalise(adopted(text));
    expect(result).toMatchObject({ event: { job: `databricks:${WORKSPACE}/run/9007199254740993` } });
    expect(eventOf({ response: { statusCode: 200, result: '{"run_id":9007199254740993}' } }).job).toBe(
      `databricks:${WORKSPACE}/run/9007199254740993`,
    );
  });

  it('names nothing by a number that has lost its digits', () => {
    const entry = LogEntry.parse({
      logName: `databricks/${WORKSPACE}/audit`,
      jsonPayload: { serviceName: 'jobs', actionName: 'cancel', requestParams: { run_id: 2 ** 60 } },
    });
    expect(databricks.normalise(entry)).not.toHaveProperty('event.job');
  });

  it('joins the tasks of a run to the run of the job, which runNow named', () => {
    const started = eventOf({
      actionName: 'runStart',
      requestParams: { jobId: '42', runId: '9002', multitaskParentRunId: '9001' },
    });
    expect(started.job).toBe(eventOf({}).job);
    expect(started.claims).toMatchObject({ taskRun: '9002', jobDefinition: '42' });
    expect(started.parentJob).toBe(`databricks:${WORKSPACE}/job/42`);
  });

  it('survives parameters that their writer cut', () => {
    const cut = { job_id: '42', new_settings: '{"run_as":{"user_name":"... truncated' };
    expect(eventOf({ actionName: 'reset', requestParams: cut, response: null })).toMatchObject({
      action: 'template.change',
      job: `databricks:${WORKSPACE}/job/42`,
    });
    expect(eventOf({ requestParams: { TRUNCATED: '' } }).claims).toMatchObject({ truncated: true });
  });

  it.each(['../../x', '42/run/1', '4 2', '９'])('makes no job id of %j', (run) => {
    expect(
      eventOf({ actionName: 'cancel', requestParams: { run_id: run }, response: null }),
    ).not.toHaveProperty('job');
  });
});

describe('outcome', () => {
  it.each([
    [{ statusCode: 200 }, 'allowed'],
    [{ statusCode: '200' }, 'allowed'],
    [{ statusCode: 401 }, 'denied'],
    [{ statusCode: 403 }, 'denied'],
    [{ statusCode: 400 }, 'failed'],
    [{ statusCode: 500 }, 'failed'],
    [{ errorMessage: 'boom' }, 'failed'],
    [{}, 'unknown'],
    [null, 'unknown'],
  ])('of %j is %s', (response, outcome) => {
    expect(eventOf({ response }).outcome).toBe(outcome);
  });

  it('of a run that failed is not that of writing the record', () => {
    const response = { statusCode: 200 };
    expect(eventOf({ actionName: 'runFailed', response }).outcome).toBe('failed');
    expect(eventOf({ actionName: 'runStart', response: null }).outcome).toBe('allowed');
  });
});

describe('who', () => {
  const UUID = '0F2B9D1C-5c1e-4a7e-9f43-2f6f3f1f8a11';

  it('tells who ran it, and as whom', () => {
    expect(
      eventOf({ userIdentity: { email: UUID }, identityMetadata: { runBy: 'ana@example.com', runAs: UUID } })
        .identity,
    ).toEqual({
      caller: { kind: 'databricks', name: UUID, proof: 'oauth' },
      delegation: [
        { claim: { kind: 'databricks', name: 'ana@example.com', proof: 'oauth' }, recordedBy: 'runBy' },
      ],
      runAs: { kind: 'databricks', name: UUID, proof: 'oauth' },
    });
  });

  it('does not believe a refused sign-in who it was', () => {
    const signIn = { serviceName: 'accounts', actionName: 'login', response: { statusCode: 401 } };
    expect(eventOf(signIn).identity).toEqual({
      caller: { kind: 'named', name: 'ana@example.com', realm: 'databricks' },
    });
    expect(eventOf({ ...signIn, userIdentity: null }).identity).toEqual({ absent: 'unauthenticated' });
    expect(eventOf({ ...signIn, response: { statusCode: 200 } }).identity.caller?.kind).toBe('databricks');
  });

  it('has nobody where the platform knows nobody', () => {
    expect(eventOf({ userIdentity: { email: 'unknown' } }).identity).toEqual({ absent: 'not-recorded' });
  });
});

describe('where', () => {
  it('is the workspace, whose name is the key of its environment', () => {
    expect(eventOf({}).project).toBe(`databricks/${WORKSPACE}`);
    expect(eventOf({ workspaceId: 0, auditLevel: 'ACCOUNT_LEVEL' }).project).toBe('databricks/0');
    expect(eventOf({ workspaceId: '../1' })).not.toHaveProperty('project');
  });

  it('is the workspace that asked, where Unity Catalog logs for the account', () => {
    const asked = { serviceName: 'unityCatalog', actionName: 'getTable', workspaceId: '0' };
    expect(eventOf({ ...asked, requestParams: { workspace_id: '77' } }).project).toBe('databricks/77');
    expect(eventOf({ workspaceId: '5', requestParams: { workspace_id: '77' } }).project).toBe('databricks/5');
  });
});

describe('what goes unread', () => {
  it('takes no log entry and no object of another kind', () => {
    for (const value of [
      { logName: 'projects/p/logs/x' },
      { serviceName: 'jobs' },
      { service_name: 'a' },
      {},
    ]) {
      expect(databricks.adopt?.({ kind: 'json', value })).toBeUndefined();
    }
    expect(databricks.adopt?.({ kind: 'text', line: 'serviceName actionName' })).toBeUndefined();
    expect(databricks.owns({ logName: 'projects/p/logs/databricks%2F1%2Faudit' })).toBe(false);
  });

  it('never throws, whatever the record holds', () => {
    const keys = fc.constantFrom(
      'serviceName',
      'actionName',
      'requestParams',
      'response',
      'userIdentity',
      'timestamp',
      'workspaceId',
      'identityMetadata',
      '__proto__',
    );
    const nested = fc.oneof(fc.jsonValue(), fc.json());
    fc.assert(
      fc.property(fc.dictionary(keys, nested), fc.constantFrom(...databricks.methods), (more, method) => {
        const [serviceName, actionName] = method.split('.');
        const entry = decoded(line({ serviceName, actionName, ...more }));
        if (entry.kind !== 'entry' || !databricks.owns(entry.entry)) return;
        expect(['event', 'filtered', 'refused']).toContain(databricks.normalise(entry.entry).kind);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('records by others', () => {
  const lines = sampleLines('databricks').flatMap((file) => file.lines);

  it.skipIf(lines.length === 0)('are events, also those whose time was cut away', () => {
    for (const text of lines) {
      const entry = decoded(text);
      const fate = entry.kind === 'entry' ? databricks.normalise(entry.entry).kind : entry.code;
      expect(fate, text).toBe('event');
      const dated = entry.kind === 'entry' && !isUndated(entry);
      expect(dated, text).toBe(text.includes('"timestamp"'));
    }
  });
});
