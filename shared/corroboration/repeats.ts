/** Single events of a kind that only their number makes a finding: which rule counts them, for whom. */
import { textOf } from '../detections/evidence.ts';
import { isDone, partiesOf } from '../detections/kinds.ts';
import { isAgent, isRead } from '../detections/agents.ts';
import type { TrailEvent } from '../model/trail-event.ts';

/** `RULE|WHO` for each count that the event belongs to. What names nobody is counted for nobody. */
export function repeatsOf(event: TrailEvent): readonly string[] {
  const rules = COUNTED.filter(({ counts }) => counts(event));
  if (rules.length === 0) return NONE;
  return rules.flatMap(({ rule, within, who = callerOf }) => {
    const party = who(event);
    const place = within?.(event);
    return party === undefined ? [] : [`${rule}|${party}${place === undefined ? '' : ` ${place}`}`];
  });
}

const NONE: readonly string[] = [];

const callerOf = (event: TrailEvent): string | undefined => partiesOf(event)[0];

interface Counted {
  readonly rule: string;
  readonly counts: (event: TrailEvent) => boolean;
  /** Absent: the caller. */
  readonly who?: (event: TrailEvent) => string | undefined;
  /** Where counts of one identity are kept apart: a database, a cluster. */
  readonly within?: (event: TrailEvent) => string | undefined;
}

const PARTITIONED: ReadonlySet<string> = new Set([
  'google.spanner.v1.Spanner.PartitionQuery',
  'google.spanner.v1.Spanner.PartitionRead',
]);

/** What takes data out of a workspace through its own pages and API. */
const DOWNLOADS: ReadonlySet<string> = new Set([
  'notebook.downloadPreviewResults',
  'notebook.downloadLargeResults',
  'databrickssql.downloadQueryResult',
  'filesystem.filesGet',
  'modelRegistry.getModelVersionDownloadUri',
  'modelRegistry.getModelVersionSignedDownloadUri',
  'workspace.workspaceExport',
]);

/** How a result is shown on the page, and a notebook without its results. */
function isNoDownload({ claims, method }: TrailEvent): boolean {
  if (method === 'databrickssql.downloadQueryResult')
    return textOf(claims, 'fileType')?.toLowerCase() === 'arrows';
  return method === 'workspace.workspaceExport' && textOf(claims, 'exportFormat')?.toUpperCase() === 'SOURCE';
}

/** The platform itself, and service agents: their reads are nobody's. */
const isOfPlatform = ({ actor }: TrailEvent): boolean => actor?.kind === 'system';

const COUNTED: readonly Counted[] = [
  {
    rule: 'spanner-partitioned-reads',
    counts: (event) => event.source === 'spanner' && PARTITIONED.has(event.method) && isDone(event),
    within: ({ resource }) => withoutSession(resource) ?? '-',
  },
  {
    rule: 'databricks-downloads',
    // Some events come without a response: that they ended well is not certain (the rule says so).
    counts: (event) =>
      event.source === 'databricks' &&
      DOWNLOADS.has(event.method) &&
      (event.outcome === 'allowed' || event.outcome === 'unknown') &&
      !isOfPlatform(event) &&
      !isNoDownload(event),
  },
  {
    rule: 'databricks-repeated-secret-access',
    counts: (event) =>
      event.source === 'databricks' && event.method === 'secrets.getSecret' && !isOfPlatform(event),
  },
  {
    rule: 'gke-secret-burst',
    counts: (event) =>
      event.source === 'kubernetes' && event.action === 'secret.read' && !isOfPlatform(event),
    within: ({ claims }) => textOf(claims, 'cluster') ?? '-',
  },
  {
    // Counts nothing: whether the method is new hangs on the days before, and those may come to be known later.
    rule: 'agent-method-first-seen',
    counts: (event) =>
      event.action !== 'api.call' &&
      event.outcome === 'allowed' &&
      partiesOf(event).some(isAgent) &&
      !isRead(event.action),
    who: (event) => partiesOf(event).find(isAgent),
    within: ({ method }) => method,
  },
];

/** Every worker reads in a session of its own. */
export const withoutSession = (resource: string | undefined): string | undefined => {
  const at = resource?.indexOf('/sessions/') ?? -1;
  return at < 0 ? resource : resource?.slice(0, at);
};
