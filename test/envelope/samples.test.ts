/** Entries by others: each line ends as one or more, decoded or with a reason. */
import { describe, expect, it } from 'vitest';
import { decodeEntry } from '../../shared/envelope/entry.ts';
import { ordinals } from '../../shared/envelope/event-id.ts';
import { haveSamples, sampleLines } from '../support/samples.ts';

const FOLDERS = [
  'audit-generic',
  'bigquery',
  'databricks',
  'dataflow',
  'dataproc',
  'gcs',
  'iam',
  'istio',
  'k8s',
  'kong',
  'logging-config',
  'openlineage',
  'other',
  'spanner',
];
const FILES = FOLDERS.flatMap((folder) => sampleLines(folder));

const endsOf = (file: string): string[] => {
  const ordinalOf = ordinals();
  const lines = FILES.find((found) => found.file === file)?.lines ?? [];
  return lines.flatMap((line) =>
    decodeEntry(Buffer.from(line), { ordinalOf }).map((decoded) =>
      decoded.kind === 'entry' ? 'entry' : decoded.code,
    ),
  );
};

const idsOf = (text: string): string[] =>
  decodeEntry(Buffer.from(text), { ordinalOf: ordinals() }).map((decoded) =>
    decoded.kind === 'entry' ? decoded.eventId : decoded.code,
  );

const turned = (text: string): string =>
  JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text) as object).toReversed()), null, 2);

describe.runIf(haveSamples)('samples', () => {
  it('there are some', () => {
    expect(FILES.length).toBeGreaterThan(40);
  });

  it.each(FILES)('$file', ({ lines }) => {
    const ordinalOf = ordinals();
    const found = lines.map((line) => decodeEntry(Buffer.from(line), { ordinalOf }));
    expect(found.every((ends) => ends.length > 0)).toBe(true);
    const refused = found.flat().filter((decoded) => decoded.kind === 'undecodable');
    expect(
      refused.filter(({ reason, hint, raw }) => reason === '' || hint === '' || raw.length === 0),
    ).toEqual([]);
  });

  it.each(FILES)('$file: the same ids with other key order and whitespace', ({ lines }) => {
    const entries = lines
      .flatMap((line) => decodeEntry(Buffer.from(line), { ordinalOf: ordinals() }))
      .filter((decoded) => decoded.kind === 'entry');
    for (const { text } of entries) expect(idsOf(turned(text()))).toEqual(idsOf(text()));
  });

  it.each([
    ['istio/istio-proxy-writelogentries.ndjson', ['entry', 'entry', 'entry']],
    [
      'other/google-cloudevents-pubsub.ndjson',
      ['entry-not-json', 'entry-not-json', 'entry-not-json', 'entry-not-json'],
    ],
    ['logging-config/panther-gcp-rules.ndjson', Array.from({ length: 4 }, () => 'entry')],
    ['iam/google-docs-workload-identity.ndjson', ['entry', 'entry', 'entry']],
    ['audit-generic/google-cloudevents-audit.ndjson', ['entry', 'entry', 'entry', 'entry']],
    ['istio/khi-envoy-text.log', Array.from({ length: 6 }, () => 'entry-not-json')],
    ['dataproc/gcpdiag-dataproc.ndjson', ['entry']],
    ['bigquery/bigquery-data-lineage.ndjson', Array.from({ length: 14 }, () => 'entry')],
  ])('%s', (file, ends) => {
    expect(endsOf(file)).toEqual(ends);
  });
});
