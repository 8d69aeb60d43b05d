/**
 * Sample in, golden result out, one body for all sources: every line of test/sources/<name>/<case>.ndjson normalises to
 * the same place of <case>.golden.json. `UPDATE_GOLDEN=1 npx vitest run test/sources/golden.test.ts` writes them anew;
 * read the difference before you commit it.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { JsonObject, LogEntry } from '../../schemas/log-entry.ts';
import { verify } from '../../shared/attest/verify.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import { keyringOf } from '../support/attest.ts';

const keyring = keyringOf();
const update = process.env['UPDATE_GOLDEN'] === '1';

for (const source of SOURCES) {
  const dir = join(import.meta.dirname, source.name);
  const cases = existsSync(dir) ? readdirSync(dir).filter((file) => file.endsWith('.ndjson')) : [];

  describe(source.name, () => {
    it('has samples', () => {
      expect(cases.length).toBeGreaterThan(0);
    });

    it.each(cases)('%s', async (file) => {
      const lines = readFileSync(join(dir, file), 'utf8')
        .split('\n')
        .filter((line) => line !== '');
      const results = await Promise.all(
        lines.map(async (line) => {
          const value = JsonObject.parse(JSON.parse(line));
          // Records that reach us outside a log entry stand in the samples as they come.
          const entry = source.adopt?.({ kind: 'json', value, text: line }) ?? LogEntry.parse(value);
          expect(source.owns(entry), 'owned by its source').toBe(true);
          const credential = source.credential?.(entry);
          const attestation = credential === undefined ? undefined : await verify(credential, keyring);
          return JSON.parse(JSON.stringify(source.normalise(entry, attestation))) as unknown;
        }),
      );
      const golden = join(dir, file.replace('.ndjson', '.golden.json'));
      if (update) writeFileSync(golden, `${JSON.stringify(results, null, 1)}\n`);
      expect(results).toEqual(JSON.parse(readFileSync(golden, 'utf8')));
    });
  });
}
