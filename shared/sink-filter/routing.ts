/** What a sink lets through of what a source needs: its filter, less its exclusions that are in force. */
import { matches, parseFilter } from './filter.ts';
import type { Probe } from './probes.ts';

export interface SinkRouting {
  /** Empty: everything. */
  readonly filter: string;
  /** Filters of the exclusions that are in force. */
  readonly exclusions: readonly string[];
}

export interface Routed {
  /** Names of the probes that pass, that do not, and of those for which the filters do not tell. */
  readonly passing: readonly string[];
  readonly lost: readonly string[];
  readonly unsure: readonly string[];
}

/** @throws JobtrailError `filter-unreadable` */
export function routedBy({ filter, exclusions }: SinkRouting, probes: readonly Probe[]): Routed {
  const included = parseFilter(filter, 'The filter of the sink');
  const excluded = exclusions.map((text, at) => parseFilter(text, `Exclusion ${at + 1} of the sink`));
  const passing: string[] = [];
  const lost: string[] = [];
  const unsure: string[] = [];
  for (const { name, entry } of probes) {
    const within = matches(included, entry);
    const out = new Set(excluded.map((one) => matches(one, entry)));
    if (within === false || out.has(true)) lost.push(name);
    else if (within === undefined || out.has(undefined)) unsure.push(name);
    else passing.push(name);
  }
  return { passing, lost, unsure };
}
