/** The filters as Terraform reads them: files, and the exclusion of own entries through `templatefile()`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseFilter, type SinkFilter } from '../../shared/sink-filter/filter.ts';
import { ROUTED_SOURCES, type RoutedSource } from '../../shared/sink-filter/sources.ts';

const FOLDER = join(import.meta.dirname, '../../terraform/filters');

export const filterText = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');

export const optionalFiles = (): readonly string[] =>
  readdirSync(join(FOLDER, 'optional')).map((file) => `optional/${file}`);

export const filterFiles = (): readonly string[] =>
  readdirSync(FOLDER).filter((file) => file.endsWith('.txt') && file !== 'own-entries.txt');

export const FILTERS: ReadonlyMap<RoutedSource, SinkFilter> = new Map(
  ROUTED_SOURCES.map((source) => [source, parseFilter(filterText(`${source}.txt`), `${source}.txt`)]),
);

export const PIPELINE = 'acme-jobtrail';
export const PIPELINE_NUMBER = '518320984411';

/** Account of a function of the pipeline. */
export const accountOf = (name: string): string => `jobtrail-${name}@${PIPELINE}.iam.gserviceaccount.com`;

const ACCOUNTS = [
  ...ROUTED_SOURCES,
  'databricks',
  'openlineage',
  'approvals',
  'deployments',
  'observed',
  'canary',
  'deliver',
  'callbacks',
  'reconcile',
  'push',
].map(accountOf);

const VALUES: ReadonlyMap<string, string> = new Map([
  ['project_id', PIPELINE],
  ['project_number', PIPELINE_NUMBER],
  ['service_accounts', ACCOUNTS.map((account) => `"${account}"`).join(' OR ')],
]);

/** @throws Error for a placeholder that Terraform would not fill */
export function ownEntriesText(): string {
  return filterText('own-entries.txt').replaceAll(/\$\{([^}]*)\}/g, (_, name: string) => {
    const value = VALUES.get(name);
    if (value === undefined) throw new Error(`own-entries.txt has a placeholder \${${name}}`);
    return value;
  });
}

export const OWN_ENTRIES: SinkFilter = parseFilter(ownEntriesText(), 'own-entries.txt');
