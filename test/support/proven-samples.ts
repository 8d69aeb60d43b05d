/** Samples of proven records are made, since proofs cannot be written by hand; the files are held to what is made. */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

export function samplesAreKept(folder: string, samples: Readonly<Record<string, readonly unknown[]>>): void {
  it.each(Object.entries(samples))('%s.ndjson is what is made', (name, events) => {
    const file = join(folder, `${name}.ndjson`);
    const text = events.map((event) => `${JSON.stringify(event)}\n`).join('');
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
    expect(existsSync(file) && readFileSync(file, 'utf8')).toBe(text);
  });

  it('makes every file', () => {
    const kept = readdirSync(folder).filter((file) => file.endsWith('.ndjson'));
    expect(kept.toSorted()).toEqual(
      Object.keys(samples)
        .map((name) => `${name}.ndjson`)
        .toSorted(),
    );
  });
}
