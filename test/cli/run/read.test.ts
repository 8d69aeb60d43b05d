import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { readFiles } from '../../../cli/run/read.ts';
import { SOURCES } from '../../../shared/sources/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobtrail-read-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

async function* nothing(): AsyncGenerator<Uint8Array> {}

test('a source that fails on a foreign record keeps it raw, and the file is read on', async () => {
  const adopting = SOURCES.find((source) => source.adopt !== undefined);
  if (adopting === undefined) throw new Error('no source adopts');
  vi.spyOn(adopting, 'adopt').mockImplementation((record) => {
    if (record.kind === 'text') throw new Error('no such line');
    return undefined;
  });
  const file = join(folder, 'mixed.ndjson');
  const entry =
    '{"logName":"projects/p/logs/x","insertId":"1","timestamp":"2026-01-31T00:00:00Z","textPayload":"t"}';
  writeFileSync(file, `${entry}\nsome line of somebody\n${entry.replace('"1"', '"2"')}\n`);
  const read = await Array.fromAsync(readFiles([file], nothing()).entries);
  expect(read.map((decoded) => (decoded.kind === 'entry' ? decoded.entry.insertId : decoded.code))).toEqual([
    '1',
    'normaliser-crash',
    '2',
  ]);
  const crashed = read[1];
  expect(crashed?.kind === 'undecodable' && Buffer.from(crashed.raw).toString()).toBe(
    'some line of somebody',
  );
});
