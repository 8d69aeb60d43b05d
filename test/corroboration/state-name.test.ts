/**
 * The name of a state is computed from the event alone, and must be the one that its source gives the version: otherwise nothing
 * is found of what was before. Held against every sample of the sources that name policies.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { stateOf } from '../../shared/corroboration/state-name.ts';
import { decodeEntry } from '../../shared/envelope/entry.ts';
import { ordinals } from '../../shared/envelope/event-id.ts';
import { trailEventOfRow } from '../../shared/model/trail-event-of-row.ts';
import { createPreparer } from '../../shared/pipeline/prepare.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import { bundleOf } from '../detections/cases.ts';

const SAMPLES = join(import.meta.dirname, '..', 'sources');

interface Named {
  readonly computed: string | undefined;
  readonly version: string;
  readonly resource: string | undefined;
}

/** Every event of the samples that leaves a version, under both names. */
function namedIn(source: string): readonly Named[] {
  const preparer = createPreparer({ sources: SOURCES, loaded: bundleOf({ config: {}, policies: '' }) });
  const folder = join(SAMPLES, source);
  const lines = readdirSync(folder)
    .filter((file) => file.endsWith('.ndjson'))
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'))
    .filter((text) => text !== '');
  return lines.flatMap((text) =>
    decodeEntry(Buffer.from(text), { ordinalOf: ordinals(), adopt: () => undefined }).flatMap((decoded) => {
      const prepared = preparer.prepare(decoded, '2026-01-01T00:00:00.000000000Z');
      const rows = prepared.kind === 'rows' ? prepared.entry.rows : [];
      const version = rows.find(({ table }) => table === 'PolicyVersions')?.row;
      const [first] = rows;
      if (version === undefined || first === undefined) return [];
      const event = trailEventOfRow(first.row);
      const state = stateOf(event);
      return [
        {
          computed: state?.kind === 'policy' ? `${state.plane}|${state.policy}` : undefined,
          version: `${String(version['Plane'])}|${String(version['Policy'])}`,
          resource: event.resource,
        },
      ];
    }),
  );
}

it.each(['kubernetes', 'kong', 'iam'])('is the name of the version in samples of %s', (source) => {
  const all = namedIn(source).filter(({ version }) => !version.endsWith('/*'));
  const computed = all.filter((one) => one.computed !== undefined);
  expect(computed.length).toBeGreaterThan(source === 'iam' ? 5 : 3);
  expect(computed.filter((one) => one.computed !== one.version)).toEqual([]);
});
