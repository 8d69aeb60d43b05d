/** A day's files replayed by the command line, sent to Slack, PagerDuty and a webhook; and replayed again. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { companyConfig } from '../../cli/day/config.ts';
import { COMPANY_POLICIES } from '../../cli/day/declared/policies.ts';
import { Random } from '../../cli/day/random.ts';
import { main } from '../../cli/main.ts';
import { ENGINE } from '../../shared/alerts/episode.ts';
import type { Episode } from '../../shared/alerts/store.ts';
import { type Sweep, sweepOnce } from '../../shared/alerts/sweep.ts';
import { HOUR_MS } from '../../shared/alerts/times.ts';
import { readBundle } from '../../shared/config/read-bundle.ts';
import { openStore } from '../../shared/store/open.ts';
import { timestampOf } from '../../shared/store/timestamp.ts';
import { DAY } from '../pipeline/deliveries.ts';
import { addressesOf, channelsAt, configuredAt, serveAll, type Services } from './services.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobtrail-replay-'));
const config = join(folder, 'jobtrail.yaml');
let services: Services;

beforeAll(async () => {
  services = await serveAll();
  const channels = configuredAt(addressesOf(services));
  const text = JSON.stringify({ ...companyConfig, channels, routes: [{ channels: Object.keys(channels) }] });
  for (const [name, content] of [['jobtrail.yaml', text] as const, ...COMPANY_POLICIES]) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
});
afterAll(async () => {
  await services.stop();
  rmSync(folder, { recursive: true });
});

const LINES = DAY.map(({ data }) => data.replaceAll('\n', ' '));

/** An entry that names itself is the same one wherever it stands; of others each in a file is one of its own. */
const NAMED = LINES.filter((line) => line.includes('"insertId":'));

/** Two files with every line, and what names itself a third time, in orders drawn by the seed. */
function shuffledTwice(seed: number): readonly (readonly string[])[] {
  const random = new Random(seed);
  const shuffled = (lines: readonly string[]): readonly string[] =>
    lines
      .map((line) => [random.bits(), line] as const)
      .toSorted(([a], [b]) => a - b)
      .map(([, line]) => line);
  return [shuffled([...LINES, ...NAMED]), shuffled(LINES)];
}

/** @param name of the files, each time another */
async function replay(store: string, name: string, contents: readonly (readonly string[])[]): Promise<void> {
  const files = contents.map((lines, i) => {
    const file = join(folder, `${name}-${i}.ndjson`);
    writeFileSync(file, `${lines.join('\n')}\n`);
    return file;
  });
  let err = '';
  const code = await main(['replay', ...files, '--store', store, '--config', config], {
    out: () => undefined,
    err: (text) => void (err += text),
    isTty: false,
    outIsTty: false,
    columns: 100,
    environment: {},
  });
  expect(code, err).toBe(0);
}

/** @param afterHours how far the clock is ahead: merged occurrences are told a minute later at the latest */
async function deliver(spec: string, afterHours: number): Promise<Sweep & { episodes: readonly Episode[] }> {
  const store = await openStore(spec);
  const now = (): string => timestampOf(new Date(Date.now() + afterHours * HOUR_MS));
  try {
    const channels = channelsAt(addressesOf(services));
    const sweep = await sweepOnce(store.alerts, channels, readBundle(config), now);
    return { ...sweep, episodes: await store.alerts.episodes({ limit: 10_000 }) };
  } finally {
    await store.close();
  }
}

/** But those that later evidence resolved. */
const standing = (episodes: readonly Episode[]): readonly Episode[] =>
  episodes.filter(({ resolved }) => resolved?.by !== ENGINE);

/** What does not depend on when it was stored, nor on how many episodes of its key were resolved before. */
const factsOf = (episodes: readonly Episode[]): readonly object[] =>
  episodes
    .map(({ id, severity, occurrences, firstSeen, lastSeen, finding: { id: finding } }) => ({
      id,
      severity,
      occurrences,
      firstSeen,
      lastSeen,
      finding,
    }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));

test('the same day again, duplicated and shuffled, makes no second episode and no second message', async () => {
  const store = `sqlite:${join(folder, 'once.db')}`;
  await replay(store, 'day', [LINES]);
  const first = await deliver(store, 0);
  expect(first.episodes.length).toBeGreaterThan(20);
  expect(first.sendings).toHaveLength(3 * first.episodes.length);
  expect(first.sendings.every(({ result }) => result.kind === 'sent')).toBe(true);
  expect(services.slack.messages).toHaveLength(first.episodes.length);
  expect(services.pager.incidents).toHaveLength(first.episodes.length);

  for (const [time, files] of [[LINES], shuffledTwice(1)].entries()) {
    await replay(store, `again-${time}`, files);
    const again = await deliver(store, time + 1);
    expect(again).toEqual({ claimed: 0, sendings: [], episodes: first.episodes });
  }
  expect(services.slack.messages).toHaveLength(first.episodes.length);
  expect(services.pager.asked).toHaveLength(first.episodes.length);
  expect(services.hook.taken).toHaveLength(first.episodes.length);

  // Another store that never saw the right order, read in two halves with what is due sent in between.
  const other = `sqlite:${join(folder, 'shuffled.db')}`;
  const shuffled = shuffledTwice(2);
  await replay(other, 'half', [shuffled[0]?.slice(0, LINES.length) ?? []]);
  await deliver(other, 0);
  await replay(other, 'rest', shuffled);
  const last = await deliver(other, 1);
  // Half a day lacks records that the other half has: what was raised for them was taken back.
  expect(factsOf(standing(last.episodes))).toEqual(factsOf(standing(first.episodes)));
  // The same incidents as before; in Slack messages of its own, one for each.
  const ids = new Set([...first.episodes, ...last.episodes].map(({ id, n }) => `${id} ${n}`));
  expect(services.pager.incidents).toHaveLength(ids.size);
  const roots = services.slack.messages.filter(({ thread }) => thread === undefined);
  expect(roots).toHaveLength(first.episodes.length + last.episodes.length);
}, 120_000);
