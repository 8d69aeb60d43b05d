/** decode → normalise → identify → rows, with zod, against base64 + JSON.parse + one SHA-256 of the same bytes. */
import { hash } from 'node:crypto';
import { parseConfig } from '../shared/config/parse.ts';
import { decodeEntry } from '../shared/envelope/entry.ts';
import { ordinals } from '../shared/envelope/event-id.ts';
import { createPreparer } from '../shared/pipeline/prepare.ts';
import { SOURCES } from '../shared/sources/index.ts';
import { chunks, partsInTurns, round, type Bench } from './harness.ts';
import { mixEntries } from './mix/mix.ts';

const ENTRIES = 20_000;
/** Entries of one turn: short turns, so that floor and subject meet the same moods of the machine. */
const PART = 500;

export const core: Bench = {
  name: 'core',
  about: 'decode to rows, per entry, one core',
  async run() {
    const messages = [...mixEntries(ENTRIES, 1, { owned: true })].map((text) =>
      Buffer.from(text).toString('base64'),
    );
    const preparer = createPreparer({ sources: SOURCES, loaded: parseConfig('', 'bench') });
    const now = '2026-11-20T00:00:00.000000000Z';
    let sink = 0;
    const context = { ordinalOf: ordinals(), adopt: () => undefined };

    const floor = (part: readonly string[]): void => {
      for (const message of part) {
        const bytes = Buffer.from(message, 'base64');
        const parsed: unknown = JSON.parse(bytes.toString('utf8'));
        sink += hash('sha256', bytes, 'hex').length + (parsed === null ? 1 : 0);
      }
    };
    const subject = (part: readonly string[]): void => {
      for (const message of part) {
        for (const decoded of decodeEntry(Buffer.from(message, 'base64'), context)) {
          const prepared = preparer.prepare(decoded, now);
          if (prepared.kind === 'rows' && prepared.entry.kind === 'event') sink += prepared.entry.rows.length;
        }
      }
    };
    const result = await partsInTurns({ warmup: 3, rounds: 11 }, chunks(messages, PART), floor, subject);
    const each = (ms: number): number => round((ms * 1000) / ENTRIES);
    return [
      {
        name: 'core',
        ratio: round(result.ratio),
        budget: 2,
        kind: 'at-most',
        detail: {
          'floor µs/entry': each(result.floor),
          'core µs/entry': each(result.subject),
          rows: sink > 0 ? 'made' : 'none',
        },
      },
    ];
  },
};
