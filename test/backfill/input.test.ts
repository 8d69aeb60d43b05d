/** Where reading goes on, file by file; and up to where paths are taken as known. */
import { describe, expect, it } from 'vitest';
import { createFileInput, type InputFile } from '../../shared/backfill/file-input.ts';
import type { Cursor } from '../../shared/backfill/input.ts';
import { keptWatermarks } from '../../shared/backfill/judge.ts';
import { parseObjectPrefix } from '../../shared/backfill/objects.ts';

const BEGUN = '2026-02-01T00:00:00.000000000Z';
const entry = (name: string): string =>
  JSON.stringify({ logName: 'projects/p/logs/l', timestamp: '2026-01-01T00:00:00Z', insertId: name });

function file(name: string, entries: number, version = '1'): InputFile {
  const text = Array.from({ length: entries }, (_none, index) => `${entry(`${name}-${index}`)}\n`).join('');
  const bytes = Buffer.from(text);
  return {
    name,
    version,
    bytes: bytes.length,
    writtenAt: BEGUN,
    async *open() {
      for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
    },
  };
}

async function readFrom(files: readonly InputFile[], from: Cursor | undefined) {
  const input = createFileInput(() => Promise.resolve(files), BEGUN);
  const portions = await Array.fromAsync(input.read(from));
  const entries = portions.flatMap((portion) => portion.entries);
  return {
    portions,
    ids: entries.map((one) => (one.kind === 'entry' ? (one.entry.insertId ?? '') : one.code)),
  };
}

describe('files', () => {
  const files = [file('a', 3), file('b', 1203), file('c', 2)];

  it('go on behind every portion, with nothing left out and nothing twice', async () => {
    const whole = await readFrom(files, undefined);
    expect(whole.ids.length).toBe(1208);
    expect(whole.portions.at(-1)?.part).toBe(1);
    let read = 0;
    for (const { entries, cursor } of whole.portions) {
      read += entries.length;
      expect((await readFrom(files, cursor)).ids).toEqual(whole.ids.slice(read));
    }
  });

  it('that were written anew are read from their start', async () => {
    const { portions } = await readFrom(files, undefined);
    const anew = [file('a', 3), file('b', 1203, '2'), file('c', 2)];
    expect((await readFrom(anew, portions[1]?.cursor)).ids.length).toBe(1205);
  });

  it('go on behind one that is gone: a bucket may delete the oldest while it is read', async () => {
    const { portions } = await readFrom(files, undefined);
    expect((await readFrom([file('a', 3), file('c', 2)], portions[1]?.cursor)).ids).toEqual(['c-0', 'c-1']);
    expect((await readFrom([file('c', 2)], portions[1]?.cursor)).ids).toEqual(['c-0', 'c-1']);
    expect((await readFrom([file('a', 3)], portions[1]?.cursor)).ids).toEqual([]);
  });

  it('come in the order of their names, in which order they are ever listed', async () => {
    const whole = await readFrom(files, undefined);
    expect((await readFrom(files.toReversed(), undefined)).ids).toEqual(whole.ids);
    expect((await readFrom(files.toReversed(), whole.portions[2]?.cursor)).ids).toEqual(
      (await readFrom(files, whole.portions[2]?.cursor)).ids,
    );
  });

  it('that came or were written anew behind us are read at the end, each time until the end is reached', async () => {
    const { portions } = await readFrom(files, undefined);
    const late = '2026-02-02T00:00:00.000000000Z';
    const more = [
      { ...file('a', 3, '2'), writtenAt: late },
      { ...file('aa', 2), writtenAt: late },
      ...files.slice(1),
    ];
    const cursor = portions.at(-2)?.cursor;
    const again = await readFrom(more, cursor);
    expect(again.ids).toEqual(['c-0', 'c-1', 'a-0', 'a-1', 'a-2', 'aa-0', 'aa-1']);
    expect(again.portions.map((portion) => portion.cursor).slice(-2)).toEqual([
      { kind: 'file', name: 'c', version: '1', entries: 2, whole: true },
      { kind: 'file', name: 'c', version: '1', entries: 2, whole: true },
    ]);
    expect((await readFrom(more, again.portions.at(-1)?.cursor)).ids.length).toBe(5);
  });
});

describe('what a path is known up to', () => {
  const path = (name: string, status: string, watermark?: string) => ({
    Path: name,
    Status: status,
    Watermark: watermark,
  });
  const of = keptWatermarks([
    path('dataproc', 'live', '2026-01-03'),
    path('istio/a/server', 'live', '2026-01-02'),
    path('istio/b/server', 'live', '2026-01-01'),
    path('kong/a', 'blind'),
    path('iam', 'unseen'),
  ]);

  it.each([
    ['dataproc', '2026-01-03'],
    ['istio/a/server', '2026-01-02'],
    ['istio', '2026-01-01'],
    ['mesh', '2026-01-01'],
    ['gateway', undefined],
    ['iam', undefined],
  ])('%s: %s', (awaited, watermark) => expect(of(awaited)).toBe(watermark));
});

it.each([
  ['gs://bucket/a/b', { bucket: 'bucket', prefix: 'a/b' }],
  ['gs://bucket', { bucket: 'bucket', prefix: '' }],
  ['gs://Bucket/x', undefined],
  ['s3://bucket/x', undefined],
  ['gs://b/../x', undefined],
])('%s is an address of objects or none', (text, parsed) => expect(parseObjectPrefix(text)).toEqual(parsed));
