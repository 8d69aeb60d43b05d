/** `jobtrail alerts` as a user types it, in process, on a store in a file and a webhook on loopback. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { userInfo, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { main, type Terminal } from '../../cli/main.ts';
import { episodeId } from '../../shared/alerts/episode.ts';
import { createPlan } from '../../shared/alerts/plan.ts';
import { timestampOf } from '../../shared/store/timestamp.ts';
import { openStore } from '../../shared/store/open.ts';
import type { Store } from '../../shared/store/store.ts';
import { alerting, finding, storeFindings } from '../alerts/findings.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobtrail-cli-alerts-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ME = `user:named/cli:${userInfo().username}`;
const LOW = finding('low', { rule: 'hmac-key-created', key: 'low key', severity: 'low' });
const HIGH = finding('high', { key: 'high \u202e key\u001b[2J' });
const idOf = ({ rule, key }: { rule: string; key: string }): string => episodeId(rule, key);

let store: Store;
let spec = '';
let config = '';
let files = 0;
let asked: string[] = [];
let statuses: number[] = [];
let hook: Server;
let environment: Record<string, string> = {};

beforeEach(async () => {
  asked = [];
  statuses = [];
  hook = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push(Buffer.concat(chunks).toString('utf8'));
      response.writeHead(statuses.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  const address = hook.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  environment = {
    HOOK_URL: `http://127.0.0.1:${address.port}/`,
    HOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
  };
  const base = join(folder, `${(files += 1)}`);
  config = `${base}.yaml`;
  writeFileSync(
    config,
    [
      'channels: { hook: { kind: webhook, url: env:HOOK_URL, secret: env:HOOK_SECRET } }',
      'routes: [{ severities: [high, critical], channels: [hook] }]',
      'silences: [{ id: declared, rules: [r], owner: ana, reason: for now, until: 2999-01-01T00:00:00Z }]',
    ].join('\n'),
  );
  spec = `sqlite:${base}.db`;
  store = await openStore(spec);
});
afterEach(async () => {
  await store.close();
  hook.close();
  hook.closeAllConnections();
});

async function alerts(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const terminal: Terminal = {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    isTty: false,
    outIsTty: false,
    columns: 100,
    environment,
  };
  const code = await main(['alerts', ...args, '--store', spec], terminal);
  return { code, out, err };
}

const claimed = async (): Promise<void> => {
  await storeFindings(store, [
    ['low', LOW],
    ['high', HIGH],
  ]);
  await store.alerts.claim([LOW, HIGH], timestampOf(new Date()), createPlan(alerting()));
};

const ids = (out: string): readonly string[] => out.match(/^[0-9a-f]{12}/gm) ?? [];

describe('list', () => {
  test('open ones first, filtered as asked', async () => {
    await claimed();
    await alerts('ack', idOf(HIGH));
    const high = idOf(HIGH).slice(0, 12);
    const low = idOf(LOW).slice(0, 12);
    for (const args of [[], ['list']]) expect(ids((await alerts(...args)).out)).toEqual([low, high]);
    expect(ids((await alerts('list', '--state', 'acknowledged')).out)).toEqual([high]);
    expect(ids((await alerts('list', '--severity', 'low', '--severity', 'critical')).out)).toEqual([low]);
    expect(ids((await alerts('list', '--rule', HIGH.rule)).out)).toEqual([high]);
    expect(ids((await alerts('list', '--limit', '1')).out)).toEqual([low]);
    expect(await alerts('list', '--state', 'resolved')).toMatchObject({
      code: 0,
      out: '',
      err: 'no alerts\n',
    });
    const lines = (await alerts('list', '--json')).out.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { id: idOf(LOW), n: 1, state: 'open', occurrences: 1 },
      { id: idOf(HIGH), state: 'acknowledged', acknowledgedBy: ME, key: HIGH.key },
    ]);
  });

  test('shows nothing that a terminal would obey', async () => {
    await claimed();
    for (const args of [[], ['--json'], ['show', idOf(HIGH)], ['show', idOf(HIGH), '--json']]) {
      // oxlint-disable-next-line no-control-regex -- that is what is looked for
      expect((await alerts(...args)).out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    }
  });
});

describe('show', () => {
  test('as Slack would, with what happened, who was told, and the events', async () => {
    await claimed();
    await alerts('resolve', idOf(LOW), '--reason', 'it was a drill');
    const { code, out } = await alerts('show', idOf(LOW).slice(0, 8).toUpperCase(), '--config', config);
    expect(code).toBe(0);
    expect(out).toContain('LOW · ');
    expect(out).toContain(`State      resolved by ${ME}`);
    expect(out).toContain(`${idOf(LOW)}/1`);
    expect(out).toMatch(/resolve +\S+ +command: it was a drill/);
    expect(out).toMatch(/log +due at|log +not told/);
    for (const event of LOW.events) expect(out.split(event).length).toBeGreaterThan(2);
    expect(out).toMatch(/What to do 1\. \S/);
    const json = JSON.parse((await alerts('show', idOf(LOW), '--json')).out) as unknown;
    expect(json).toMatchObject({
      episode: { state: 'resolved' },
      transitions: [{ change: 'open' }, { change: 'resolve', by: ME }],
      findings: [{ id: LOW.id }],
    });
  });
});

describe('ack and resolve', () => {
  test('once each, by the user of the system, and not after the end', async () => {
    await claimed();
    const id = idOf(HIGH).slice(0, 10);
    expect(await alerts('ack', id)).toMatchObject({
      code: 0,
      out: expect.stringContaining(`acknowledged by ${ME}`),
    });
    expect(await alerts('ack', id)).toMatchObject({
      code: 0,
      out: expect.stringContaining('was acknowledged before'),
    });
    expect((await alerts('resolve', `${id}/1`)).code).toBe(0);
    expect((await alerts('resolve', id)).out).toContain('was resolved before');
    const late = await alerts('ack', id);
    expect(late).toMatchObject({ code: 2, out: '' });
    expect(late.err).toContain('nothing is left to acknowledge');
    expect(await store.alerts.transitions({ id: idOf(HIGH), n: 1 })).toHaveLength(3);
  });

  test('without a number the latest time around is meant', async () => {
    await claimed();
    await alerts('resolve', idOf(LOW));
    const again = {
      ...finding('again', { ...LOW, time: '2999-01-01T00:00:00.000000000Z' }),
      id: 'a'.repeat(64),
    };
    await store.alerts.claim([again], timestampOf(new Date()), createPlan(alerting()));
    await alerts('ack', idOf(LOW));
    const states = await store.alerts.episodes({ ids: [idOf(LOW)], limit: 9 });
    expect(states.map(({ n, state }) => `${n} ${state}`)).toEqual(['2 acknowledged', '1 resolved']);
    expect((await alerts('ack', `${idOf(LOW)}/3`)).code).toBe(1);
  });
});

describe('silences', () => {
  const SILENCE = ['--owner', 'ana@example.com', '--reason', 'migration', '--until', '2999-01-01'];

  test('hold back what they match until they are ended', async () => {
    await storeFindings(store, [['high', HIGH]], timestampOf(new Date()));
    const made = await alerts('silence', '--rule', HIGH.rule, '--key', HIGH.key, ...SILENCE);
    const id = /^s-[0-9a-f]{8}/.exec(made.out)?.[0] ?? '';
    expect(made).toMatchObject({ code: 0, out: expect.stringContaining('2999') });
    const listed = await alerts('silences', '--config', config);
    expect(listed.out).toMatch(/declared +2999.*configuration/);
    expect(listed.out).toContain(id);
    expect(listed.out).toContain(ME);
    await alerts('deliver', '--config', config);
    expect(asked).toEqual([]);
    expect((await alerts('show', idOf(HIGH))).out).toContain(`held by ${id} until 2999`);
    expect(await alerts('unsilence', id)).toMatchObject({ code: 0, out: expect.stringContaining('ended') });
    expect(await alerts('silences')).toMatchObject({ out: '', err: 'no silences\n' });
    await alerts('deliver', '--config', config);
    expect(asked).toHaveLength(1);
    expect((await alerts('unsilence', id)).code).toBe(1);
  });

  test.each([
    [[], ['--owner', '--reason', '--until', 'say what']],
    [['--rule', 'r', '--owner', 'a', '--reason', 'b', '--until', 'tomorrow'], ['no time such as']],
    [['--rule', 'r', '--owner', 'a', '--reason', 'b', '--until', '2020-01-01'], ['in the past']],
    [['--severity', 'fatal', ...SILENCE], ['--severity']],
    [['--rule', 'r', '--owner', ' ', '--reason', 'b', '--until', '2999-01-01'], ['--owner is missing']],
    [SILENCE, ['say what is silenced']],
  ])('%j is no silence', async (args, says) => {
    const { code, err } = await alerts('silence', ...args);
    expect(code).toBe(2);
    for (const text of says) expect(err).toContain(text);
    expect(await store.alerts.silences('2020-01-01T00:00:00.000000000Z')).toEqual([]);
  });

  test('of the configuration are ended there', async () => {
    const { code, err } = await alerts('unsilence', 'declared', '--config', config);
    expect(code).toBe(1);
    expect(err).toContain('jobtrail.yaml');
  });
});

describe('deliver', () => {
  test('claims what is new, sends what is due, and says so; twice sends nothing more', async () => {
    const now = timestampOf(new Date());
    await storeFindings(store, [['low', LOW]], now);
    await storeFindings(store, [['high', HIGH]], now);
    const first = await alerts('deliver', '--config', config);
    expect(first.code).toBe(0);
    expect(first.out).toContain('2 new findings, 2 messages sent');
    expect(first.out).toMatch(/sent +hook +open +high/);
    // What no route takes goes to the log, which is standard error here.
    expect(first.out).toMatch(/sent +log +open +low/);
    expect(first.err).toContain('"jobtrail_rule":"hmac-key-created"');
    expect(asked).toHaveLength(1);
    const second = await alerts('deliver', '--config', config);
    expect(second).toMatchObject({ code: 0, out: '0 new findings, 0 messages sent\n' });
    await alerts('ack', idOf(HIGH));
    expect((await alerts('deliver', '--config', config, '--json')).out).toContain('"change":"acknowledge"');
    expect(asked).toHaveLength(2);
  });

  test('what a channel postponed is told by the exit code, and sent the next time', async () => {
    statuses.push(503);
    await storeFindings(store, [['high', HIGH]], timestampOf(new Date()));
    const first = await alerts('deliver', '--config', config);
    expect(first.code).toBe(1);
    expect(first.out).toMatch(/later +hook .*Webhook answered 503/);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect((await alerts('deliver', '--config', config)).code).toBe(0);
    expect(asked).toHaveLength(2);
  });

  test('a secret that is not there is named by its setting', async () => {
    environment = {};
    const { code, err } = await alerts('deliver', '--config', config);
    expect(code).toBe(1);
    expect(err).toContain('channels.hook.secret');
  });
});

describe('errors', () => {
  test.each([
    [['snooze'], 2, 'alerts cannot snooze'],
    [['constructor'], 2, 'alerts cannot constructor'],
    [['list', 'x'], 2, 'takes no x'],
    [['list', '--state', 'closed'], 2, '--state takes open, acknowledged, resolved'],
    [['list', '--owner', 'x'], 2, 'takes no --owner'],
    [['ack'], 2, 'takes one id'],
    [['ack', 'abc'], 2, '8 or more'],
    [['ack', 'zzzzzzzz'], 2, '8 or more'],
    [['show', 'abcdef12'], 1, 'There is no alert abcdef12'],
    [['unsilence', 's-1'], 1, 'No silence s-1'],
  ])('%j says what is wrong', async (args, code, says) => {
    const ran = await alerts(...args);
    expect(ran.err).toContain(says);
    expect(ran.code).toBe(code);
    expect(ran.out).toBe('');
    expect(ran.err).not.toContain('    at ');
  });

  test('a beginning that several ids have is not enough', async () => {
    const keys = sameBeginning();
    await store.alerts.claim(
      keys.map((key) => finding(key, { rule: 'r', key })),
      timestampOf(new Date()),
      createPlan(alerting()),
    );
    const [first = '', second = ''] = keys.map((key) => idOf({ rule: 'r', key }));
    const { code, err } = await alerts('ack', first.slice(0, 8));
    expect(code).toBe(2);
    expect(err).toContain(`2 alerts begin with ${first.slice(0, 8)}`);
    expect(err).toContain(second.slice(0, 16));
    expect((await alerts('ack', first.slice(0, 16))).code).toBe(0);
  });
});

/** Two keys whose ids have the first 8 hex digits in common. */
function sameBeginning(): readonly [string, string] {
  const seen = new Map<string, string>();
  for (let i = 0; ; i += 1) {
    const key = `k${i}`;
    const head = idOf({ rule: 'r', key }).slice(0, 8);
    const other = seen.get(head);
    if (other !== undefined) return [other, key];
    seen.set(head, key);
  }
}
