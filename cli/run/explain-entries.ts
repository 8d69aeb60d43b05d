/** The entries of a job: those of the services it asked, and those of the work that ran. */
import type { Row } from '../../schemas/tables.ts';
import type { TableRow } from '../table.ts';
import { claimsOf, second, section, text, whoOf, type Section } from './explanation.ts';

/** Accesses to data and approvals have sections of their own. */
const isElsewhere = (action: string): boolean => action.startsWith('data.') || action.startsWith('grant.');

/** What an engine's API answers when it is asked is no entry of an audit log. */
const isAudit = (event: Row): boolean =>
  event['Source'] !== 'observed' && event['Provenance'] === 'provider' && event['Via'] === 'direct';

/** Calls of the engines' APIs that name the job, as the provider's audit logs have them. */
export function auditSection(events: readonly Row[]): Section {
  const rows = events
    .filter((event) => !isElsewhere(text(event['Action'])) && isAudit(event))
    .map((event) => ({
      at: second(event['EventTime']),
      source: text(event['Source']),
      action: `${text(event['Action'])}${event['Phase'] === 'last' ? ' (end)' : ''}`,
      outcome: text(event['Outcome']),
      who: event['ActorAbsent'] === 'operation-end' ? '' : whoOf(event),
      method: text(event['Method']),
      event: text(event['EventId']),
    }));
  return section('audit entries', ['at', 'source', 'action', 'outcome', 'who', 'method', 'event'], rows);
}

/**
 * What the work itself left: drivers, workers, YARN applications, lineage runs, and the states that the engine's API was
 * seen to report. Thousands of lines of one log are one row.
 */
export function runtimeSection(job: string, events: readonly Row[]): Section {
  const groups = Map.groupBy(
    events.filter((event) => !isElsewhere(text(event['Action'])) && !isAudit(event)),
    (event) =>
      ['JobId', 'Source', 'Action', 'Method', 'Outcome', 'Provenance', 'Actor']
        .map((column) => text(event[column]))
        .concat(stateOf(event))
        .join('\n'),
  );
  const rows = [...groups.values()].map((group) => runtimeRow(job, group));
  const columns = [
    'from',
    'to',
    'entries',
    'source',
    'action',
    'outcome',
    'state',
    'log',
    'under',
    'provenance',
    'event',
  ];
  return section('runtime', columns, rows);
}

/** @param group in order of time, never empty */
function runtimeRow(job: string, group: readonly Row[]): TableRow {
  const [first = {}] = group;
  const under = text(first['JobId']);
  return {
    from: second(first['EventTime']),
    to: group.length === 1 ? '' : second(group.at(-1)?.['EventTime']),
    entries: group.length,
    source: text(first['Source']),
    action: text(first['Action']),
    outcome: text(first['Outcome']),
    state: stateOf(first),
    log: text(first['Method']),
    under: under === job ? '' : under,
    provenance: text(first['Provenance']),
    event: text(first['EventId']),
  };
}

const stateOf = (event: Row): string => text(claimsOf(event)['state']);
