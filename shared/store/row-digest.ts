/**
 * The digest of a row: SHA-256 over the JSON text of `[table, value, value, …]`, the values in the order of
 * schemas/tables.ts, columns outside the digest left out, absent values as null, no whitespace. Strings are escaped as
 * RFC 8785 says, so any JSON library that writes canonical JSON computes the same.
 */
import { hash } from 'node:crypto';
import { type Column, type Row, type TableName, TABLES, type Value } from '../../schemas/tables.ts';

function digestColumns(columns: readonly Column[]): readonly string[] {
  return columns.filter((column) => column.outsideDigest !== true).map((column) => column.name);
}

const COLUMNS: Readonly<Record<TableName, readonly string[]>> = {
  Events: digestColumns(TABLES.Events.columns),
  Edges: digestColumns(TABLES.Edges.columns),
  PolicyVersions: digestColumns(TABLES.PolicyVersions.columns),
  Quarantine: digestColumns(TABLES.Quarantine.columns),
  Renditions: digestColumns(TABLES.Renditions.columns),
  Receipts: digestColumns(TABLES.Receipts.columns),
  Findings: digestColumns(TABLES.Findings.columns),
  Episodes: digestColumns(TABLES.Episodes.columns),
  EpisodeTransitions: digestColumns(TABLES.EpisodeTransitions.columns),
  EpisodeFindings: digestColumns(TABLES.EpisodeFindings.columns),
  Deliveries: digestColumns(TABLES.Deliveries.columns),
  Bundles: digestColumns(TABLES.Bundles.columns),
  BundlesInForce: digestColumns(TABLES.BundlesInForce.columns),
  Silences: digestColumns(TABLES.Silences.columns),
  Witnesses: digestColumns(TABLES.Witnesses.columns),
  Verdicts: digestColumns(TABLES.Verdicts.columns),
  OpenWork: digestColumns(TABLES.OpenWork.columns),
  Sightings: digestColumns(TABLES.Sightings.columns),
  Paths: digestColumns(TABLES.Paths.columns),
  Arrivals: digestColumns(TABLES.Arrivals.columns),
  Redriven: digestColumns(TABLES.Redriven.columns),
};

/** 64 lower-case hex digits. */
export function rowDigest(table: TableName, row: Row): string {
  const values: Value[] = [table];
  for (const column of COLUMNS[table]) values.push(row[column] ?? null);
  return hash('sha256', JSON.stringify(values), 'hex');
}
