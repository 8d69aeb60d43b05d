/**
 * Audit files as Databricks delivers them to a bucket (`workspaceId=W/date=D/auditlogs_ID.json`, one event a line): one for the
 * morning, one that is written at tea time and again, with more lines, at the end of the day.
 */
import { HOUR, MINUTE } from '../entry.ts';
import type { RecordDraft } from '../entry.ts';
import type { Scene } from '../scene.ts';
import { WORKSPACES } from '../company.ts';

export const AUDIT_BUCKET = 'acme-databricks-audit';

/** One version of an object, from when it was written. */
export interface FileVersion {
  readonly bucket: string;
  readonly name: string;
  /** Decimal digits. */
  readonly generation: string;
  /** The version it took the place of. */
  readonly overwrote?: string;
  readonly text: string;
  /** Milliseconds since midnight. */
  readonly at: number;
  /** Nothing took its place: it is gone. */
  readonly deleted?: true;
}

type Line = RecordDraft & { readonly file: string };

const MORNING_ENDS = 13 * HOUR;
const REWRITTEN_FROM = 19 * HOUR;

const textOf = (lines: readonly Line[]): string => lines.map(({ text }) => `${text}\n`).join('');

export function auditFiles(scene: Scene, lines: readonly Line[]): readonly FileVersion[] {
  const { random, midnight, date } = scene;
  const generation = (at: number): string => `${String(midnight + at)}${random.digits(3)}`;
  const version = (name: string, at: number, told: readonly Line[], overwrote?: string): FileVersion => ({
    bucket: AUDIT_BUCKET,
    name,
    generation: generation(at),
    ...(overwrote === undefined ? {} : { overwrote }),
    text: textOf(told),
    at,
  });
  const delivered = [...new Set(lines.map(({ file }) => file))].flatMap((workspace, i) => {
    const own = lines.filter(({ file }) => file === workspace);
    const name = (): string =>
      `audit/workspaceId=${workspace}/date=${date}/auditlogs_${random.base36(16)}.json`;
    const morning = own.filter(({ at }) => at < MORNING_ENDS);
    const later = own.filter(({ at }) => at >= MORNING_ENDS);
    const soon = later.filter(({ at }) => at < REWRITTEN_FROM);
    const second = name();
    const written = version(second, REWRITTEN_FROM + (i + 3) * 2 * MINUTE, soon);
    return [
      ...(morning.length === 0 ? [] : [version(name(), MORNING_ENDS + (i + 3) * 2 * MINUTE, morning)]),
      ...(soon.length === 0 ? [] : [written]),
      ...(later.length === soon.length
        ? []
        : [
            version(
              second,
              24 * HOUR - (9 - i) * MINUTE,
              later,
              soon.length === 0 ? undefined : written.generation,
            ),
          ]),
    ];
  });
  const dayBefore = new Date(midnight - 24 * HOUR).toISOString().slice(0, 10);
  return [
    ...delivered,
    // Somebody removes a file of the day before: evidence that is gone.
    {
      ...version(
        `audit/workspaceId=${WORKSPACES.staging}/date=${dayBefore}/auditlogs_${random.base36(16)}.json`,
        21 * HOUR + 52 * MINUTE,
        [],
      ),
      deleted: true,
    },
  ];
}
