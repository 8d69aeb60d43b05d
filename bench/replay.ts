/**
 * `jobtrail replay` of a large file into the embedded store, from the start of the process to its end, against a process
 * that reads and parses the same lines and inserts the same rows in a bare loop. Peak memory, and that of a file of a
 * tenth of the size.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { median, round, type Bench, type BenchResult } from './harness.ts';
import { runMeasured, type Measured } from './support/measured.ts';
import { writeReplayFiles, type ReplayFiles } from './support/replay-files.ts';

const ENTRIES = 200_000;
const ROUNDS = 3;
const root = join(import.meta.dirname, '..');

const FloorReport = z.object({ pausedMs: z.number(), rows: z.number() });
const Balance = z.object({ received: z.number(), stored: z.number(), events: z.number() });

export const replay: Bench = {
  name: 'replay',
  about: `a file of ${ENTRIES} entries into the embedded store`,
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'jobtrail-bench-'));
    try {
      return [await measure(folder)];
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

async function measure(folder: string): Promise<BenchResult> {
  const small = await writeReplayFiles(join(folder, 'small'), ENTRIES / 10);
  const large = await writeReplayFiles(join(folder, 'large'), ENTRIES);
  const floors: number[] = [];
  const subjects: Measured[] = [];
  let databaseBytes = 0;
  const smallPeak = (await replayOnce(small, join(folder, 'small.db'), ENTRIES / 10)).peakMb;
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    const floorFile = join(folder, `floor-${turn}.db`);
    const subjectFile = join(folder, `replay-${turn}.db`);
    floors.push(await floorOnce(large, floorFile));
    subjects.push(await replayOnce(large, subjectFile, ENTRIES));
    databaseBytes = statSync(subjectFile).size;
    for (const file of [floorFile, subjectFile]) rmSync(file);
  }
  const floor = median(floors);
  const subject = median(subjects.map(({ ms }) => ms));
  return {
    name: 'replay',
    ratio: round(subject / floor),
    budget: 1.5,
    kind: 'at-most',
    detail: {
      'floor s': round(floor / 1000),
      'replay s': round(subject / 1000),
      'entries/s': round((ENTRIES / subject) * 1000, 0),
      'rows/entry': round(large.rowCount / ENTRIES),
      'bytes/entry in': round(large.bytes / ENTRIES, 0),
      'bytes/entry stored': round(databaseBytes / ENTRIES, 0),
      'peak MB': round(median(subjects.map(({ peakMb }) => peakMb)), 0),
      'peak MB of a tenth': round(smallPeak, 0),
    },
  };
}

async function replayOnce(files: ReplayFiles, database: string, expected: number): Promise<Measured> {
  const command = join(root, 'cli/jobtrail.mjs');
  const measured = await runMeasured([
    command,
    'replay',
    '--store',
    `sqlite:${database}`,
    '--json',
    files.entries,
  ]);
  const { received, stored } = Balance.parse(JSON.parse(measured.output.trim().split('\n').at(-1) ?? ''));
  if (received !== expected || stored !== files.stored)
    throw new Error(
      `of ${expected} entries ${received} were received and ${stored} stored, not ${files.stored}`,
    );
  return measured;
}

/** Milliseconds without the time the clock stood still. */
async function floorOnce(files: ReplayFiles, database: string): Promise<number> {
  const floor = join(root, 'bench/floors/insert-lines.ts');
  const { ms, output } = await runMeasured([floor, files.entries, files.rows, database]);
  const { pausedMs, rows } = FloorReport.parse(JSON.parse(output));
  if (rows !== files.rowCount) throw new Error(`${rows} rows were inserted, not ${files.rowCount}`);
  return ms - pausedMs;
}
