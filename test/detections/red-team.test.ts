/**
 * Each entry of the emulated attacks and of the peer rules raises, or stands in red-team-quiet.ts with the reason.
 * `RED_TEAM_TABLE=1` prints the table. Without the samples there is nothing to replay.
 */
import { describe, expect, it } from 'vitest';
import { haveSamples } from '../support/samples.ts';
import { QUIET } from './red-team-quiet.ts';
import { replayed, tableOf, type Replayed } from './red-team.ts';

const reasons = new Map<string, string>(
  QUIET.flatMap(({ reason, lines }) =>
    Object.entries(lines).flatMap(([file, numbers]) =>
      numbers.map((line) => [`${file}.ndjson:${line}`, reason] as const),
    ),
  ),
);
const reasonOf = ({ id }: Replayed): string | undefined => reasons.get(id);
const rows = replayed();

if (process.env['RED_TEAM_TABLE'] === '1') console.log(tableOf(rows, reasonOf));

it('says of no entry two reasons', () => {
  const listed = QUIET.flatMap(({ lines }) => Object.values(lines).flat());
  expect(listed.length).toBe(reasons.size);
});

describe.runIf(haveSamples)('entries of others', () => {
  it('are all there', () => {
    expect(rows.length).toBeGreaterThan(190);
    expect([...reasons.keys()].filter((id) => !rows.some((row) => row.id === id))).toEqual([]);
  });

  it.each(rows)('$id $what', (row) => {
    // One of the two, never both: a reason for what raises is out of date.
    const told = [...row.raised, reasonOf(row)].filter((one) => one !== undefined);
    expect(told, row.noEvent ?? 'nothing raises, and nothing says why').not.toEqual([]);
    expect(
      row.raised.length > 0 && reasonOf(row) !== undefined,
      `${row.raised.join(', ')} and a reason`,
    ).toBe(false);
  });

  it('make no detection fail', () => {
    expect(rows.filter(({ failed }) => failed.length > 0)).toEqual([]);
  });

  it('that show an attack on data, its logs or its identities raise', () => {
    const raisedBy = (id: string): readonly string[] =>
      rows.find((row) => row.id.startsWith(id))?.raised ?? [];
    expect(raisedBy('audit-generic/stratus-red-team-docs.ndjson:2')).toContain('external-member-added');
    expect(raisedBy('audit-generic/panther-gcp-rules.ndjson:2')).toContain('vpc-sc-violation');
    expect(raisedBy('gcs/panther-gcp-rules.ndjson:4')).toContain('gcs-destination-outside-org');
    expect(raisedBy('iam/panther-gcp-rules.ndjson:16')).toContain('sa-key-created');
    expect(raisedBy('databricks/panther-databricks-rules.ndjson:3')).toContain('databricks-admin-granted');
  });
});
