/** What docs/redrive.md shows is what the commands print. `UPDATE_DOCS=1 npm test -- test/docs/redrive` writes it anew. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { companyConfig } from '../../cli/day/config.ts';
import { main } from '../../cli/main.ts';
import { LOG_ENTRY } from '../../shared/pipeline/ingest-records.ts';
import { openStore } from '../../shared/store/open.ts';
import { DAY } from '../pipeline/deliveries.ts';
import { serveLetters } from '../redrive/letters-server.ts';
import { expectShown } from './outputs.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobtrail-redrive-docs-'));
const config = join(folder, 'jobtrail.yaml');
const STORE = `sqlite:${join(folder, 'trail.db')}`;
const NOW = '2026-11-19T04:10:00.000000000Z';
const textsOf = (source: string): readonly string[] =>
  DAY.flatMap(({ subscription, category, data }) =>
    subscription === source && category === 'ordinary' ? [data] : [],
  );
const KONG = textsOf('kong');

/** Source, reason, message, raw text. */
const QUARANTINED: readonly (readonly [string, string, string, string])[] = [
  ...KONG.slice(0, 12).map(
    (raw) => ['kong', 'line-grammar', 'The line is of no known format.', raw] as const,
  ),
  ['kong', 'line-grammar', 'The line is of no known format.', brokenLine(KONG[12] ?? '')],
  ['kong', LOG_ENTRY.code, LOG_ENTRY.reason, KONG[13] ?? ''],
  ['dataproc', 'entry-not-json', 'It is no JSON.', '{"logName": "projects/p/logs/clo'],
];

/** As it stays whatever is mended: its payload is gone. */
function brokenLine(text: string): string {
  return text.replace(/"(?:textPayload|jsonPayload)":/, '"payload":');
}

beforeAll(async () => {
  writeFileSync(config, JSON.stringify(companyConfig));
  const store = await openStore(STORE);
  for (const [at, [source, reason, message, raw]] of QUARANTINED.entries()) {
    const row = {
      QuarantineId: at.toString(16).padStart(64, '0'),
      Source: source,
      Reason: reason,
      Message: message,
      Hint: 'Once the source understands this form, redrive it.',
      Raw: raw,
      RawEncoding: 'utf8',
      RawBytes: Buffer.byteLength(raw),
      FirstSeen: NOW,
      ExpireAt: '2027-12-24T04:10:00.000000000Z',
    };
    await store.commit({
      source,
      path: 'push',
      entries: [{ kind: 'quarantine', rows: [{ table: 'Quarantine', row }] }],
      filteredBy: {},
      unknownMethods: {},
      now: NOW,
    });
  }
  await store.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(environment: Readonly<Record<string, string>>, ...args: string[]): Promise<string> {
  let [out, err] = ['', ''];
  const code = await main([...args, '--store', STORE], {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    isTty: false,
    outIsTty: false,
    columns: 120,
    environment,
  });
  expect(code, err).toBe(0);
  return out;
}

it('shows a dry run, the run, and what is left', async () => {
  expectShown('redrive.md', 'dry run', await run({}, 'redrive', '--config', config, '--dry-run'));
  await run({}, 'redrive', '--config', config);
  const rows = await run({}, 'query', 'quarantine', '--param', 'redriven=no', '--format', 'json');
  const left = rows
    .trimEnd()
    .split('\n')
    .map((line) => String(Object(JSON.parse(line))['Reason']));
  expect(left.toSorted()).toEqual(['entry-not-json', 'entry-shape', 'line-grammar']);
});

it('shows dead letters', async () => {
  const findings = { data: JSON.stringify({ findings: ['a'.repeat(64)] }) };
  const kong = [...KONG.slice(10, 16), 'no entry'].map((data) => ({ data }));
  for (const [name, messages] of [
    ['kong', kong],
    ['findings', [findings]],
  ] as const) {
    const server = await serveLetters({ messages, now: Date.now });
    const subscription = `projects/p/subscriptions/jobtrail-${name}-dead`;
    const environment = { PUBSUB_EMULATOR_HOST: new URL(server.url).host };
    const args = ['redrive', '--config', config, '--dead-letters', subscription, '--wait', '0'];
    expectShown('redrive.md', `dead letters of ${name}`, await run(environment, ...args));
    await server.stop();
  }
});
