/** Filters by which the deployed sinks take the entries of a source: the same files that Terraform gives to them. */
import { readFileSync } from 'node:fs';
import { JobtrailError } from '../../shared/errors.ts';
import { ROUTED_SOURCES } from '../../shared/sink-filter/sources.ts';

const FOLDER = new URL('../../terraform/filters/', import.meta.url);

/**
 * What any of the sources takes, and the filter beside; each in brackets, so that no OR reaches beyond.
 * @throws JobtrailError `usage` for a source that comes by no sink
 */
export function withSources(filter: string, sources: readonly string[]): string {
  if (sources.length === 0) return filter;
  const any = sources.map((name) => `(\n${filterOf(name).trimEnd()}\n)`).join('\nOR ');
  return filter.trim() === '' ? any : `(\n${any}\n) AND (${filter}\n)`;
}

function filterOf(name: string): string {
  const source = ROUTED_SOURCES.find((one) => one === name);
  if (source === undefined) {
    throw new JobtrailError(
      'usage',
      `--source ${name.slice(0, 80)} comes by no log sink.`,
      `These do: ${ROUTED_SOURCES.join(', ')}. Of others name the files, or give a --filter.`,
    );
  }
  return readFileSync(new URL(`${source}.txt`, FOLDER), 'utf8');
}
