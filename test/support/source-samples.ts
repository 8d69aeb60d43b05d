/** Every sample of a source's folder, decoded as its function would and made into rows. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Row } from '../../schemas/tables.ts';
import { parseConfig } from '../../shared/config/parse.ts';
import { decodeEntry } from '../../shared/envelope/entry.ts';
import type { Decoded } from '../../shared/envelope/envelope.ts';
import { ordinals } from '../../shared/envelope/event-id.ts';
import { prepareAttested } from '../../shared/pipeline/attest.ts';
import { createPreparer, type Prepared } from '../../shared/pipeline/prepare.ts';
import type { Source } from '../../shared/sources/source.ts';
import type { TableRow } from '../../shared/store/store.ts';
import { ISSUERS } from './attest.ts';

const CONFIG = parseConfig(JSON.stringify({ issuers: ISSUERS }), 'samples.yaml');
const NOW = '2026-11-20T00:00:00.000000000Z';

export interface Sample {
  /** File and line. */
  readonly name: string;
  readonly text: string;
  readonly decoded: Decoded;
  readonly prepared: Prepared;
}

export function sampleFiles(source: string): readonly string[] {
  const folder = join(import.meta.dirname, '../sources', source);
  return existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.ndjson')) : [];
}

/** Lines of `test/sources/<source>/*.ndjson`, one after the other. */
export async function samplesOf(source: Source): Promise<readonly Sample[]> {
  const preparer = createPreparer({ sources: [source], loaded: CONFIG });
  const samples = sampleFiles(source.name).flatMap((file) => {
    const context = {
      ordinalOf: ordinals(),
      adopt: (record: Parameters<NonNullable<Source['adopt']>>[0]) => source.adopt?.(record),
    };
    return readFileSync(join(import.meta.dirname, '../sources', source.name, file), 'utf8')
      .split('\n')
      .flatMap((text, at) =>
        text === ''
          ? []
          : decodeEntry(Buffer.from(text), context).map((decoded) => ({
              name: `${file}:${at + 1}`,
              text,
              decoded,
            })),
      );
  });
  return Promise.all(
    samples.map(async (one) => ({
      ...one,
      prepared: await prepareAttested(preparer, one.decoded, () => NOW),
    })),
  );
}

/** The rows of the event that a sample makes, its own first; none where it makes no event. */
export const eventRows = ({ prepared }: Sample): readonly TableRow[] =>
  prepared.kind === 'rows' && prepared.entry.kind === 'event' ? prepared.entry.rows : [];

export const eventRow = (sample: Sample): Row | undefined => eventRows(sample)[0]?.row;

/** Of an event's row. */
export function claimsOf(row: Row): Readonly<Record<string, unknown>> {
  const claims: unknown = typeof row['Claims'] === 'string' ? JSON.parse(row['Claims']) : {};
  return claims as Readonly<Record<string, unknown>>;
}
