/**
 * Column limits, checked before a commit so that a row the database would refuse is found without it. What passes
 * here fits both stores; the limits are schemas/tables.ts's, counted as Spanner counts (characters, not UTF-16 units).
 */
import { type Column, MAX_CELL, type Row, type TableName, TABLES } from '../../schemas/tables.ts';
import { JobtrailError } from '../errors.ts';
import { isStoredTimestamp } from './timestamp.ts';

const COLUMNS: Readonly<Record<TableName, readonly Column[]>> = {
  Events: TABLES.Events.columns,
  Edges: TABLES.Edges.columns,
  PolicyVersions: TABLES.PolicyVersions.columns,
  Quarantine: TABLES.Quarantine.columns,
  Renditions: TABLES.Renditions.columns,
  Receipts: TABLES.Receipts.columns,
  Findings: TABLES.Findings.columns,
  Episodes: TABLES.Episodes.columns,
  EpisodeTransitions: TABLES.EpisodeTransitions.columns,
  EpisodeFindings: TABLES.EpisodeFindings.columns,
  Deliveries: TABLES.Deliveries.columns,
  Bundles: TABLES.Bundles.columns,
  BundlesInForce: TABLES.BundlesInForce.columns,
  Silences: TABLES.Silences.columns,
  Witnesses: TABLES.Witnesses.columns,
  Verdicts: TABLES.Verdicts.columns,
  OpenWork: TABLES.OpenWork.columns,
  Sightings: TABLES.Sightings.columns,
  Paths: TABLES.Paths.columns,
  Arrivals: TABLES.Arrivals.columns,
  Redriven: TABLES.Redriven.columns,
};

/** The first column of the row that does not fit, as an error to quarantine the entry with; undefined when all do. */
export function checkRow(table: TableName, row: Row): JobtrailError | undefined {
  for (const column of COLUMNS[table]) {
    const problem = problemOf(column, row[column.name]);
    if (problem !== undefined) {
      return new JobtrailError(
        'row-limit',
        `Column ${column.name} of ${table} ${problem}.`,
        'The raw entry is kept in quarantine; correct its writer, or report it when the value is legitimate.',
      );
    }
  }
  return undefined;
}

function problemOf(column: Column, value: Row[string]): string | undefined {
  if (value === undefined || value === null) {
    return column.required === true ? 'has no value and needs one' : undefined;
  }
  switch (column.type) {
    case 'string':
      return typeof value === 'string' ? textProblem(value, column.max ?? MAX_CELL) : 'is not a string';
    case 'int64':
      return Number.isSafeInteger(value) ? undefined : 'is not an integer between -2^53 and 2^53';
    case 'timestamp':
      return typeof value === 'string' && isStoredTimestamp(value)
        ? undefined
        : 'is not a UTC time of the years 1970 to 9999 with nine fraction digits';
    case 'strings':
      return typeof value === 'object'
        ? listProblem(value, column.max ?? MAX_CELL)
        : 'is not a list of strings';
    default:
      return column.type satisfies never;
  }
}

function textProblem(text: string, max: number): string | undefined {
  if (text.length > max && characters(text) > max) return `is longer than ${max} characters`;
  return text.isWellFormed() ? undefined : 'is not well-formed Unicode';
}

function listProblem(list: readonly string[], max: number): string | undefined {
  let total = 0;
  for (const element of list) {
    if (typeof element !== 'string') return 'holds something other than a string';
    const problem = textProblem(element, max);
    if (problem !== undefined) return `has an element that ${problem}`;
    total += element.length;
  }
  return total > MAX_CELL ? `is longer than ${MAX_CELL} characters in total` : undefined;
}

/** Unicode code points. */
function characters(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit < 0xdc00 || unit > 0xdfff) count += 1;
  }
  return count;
}
