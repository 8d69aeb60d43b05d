import { defineChangeDetection, masks, type Change } from './change.ts';
import type { DeclaredFacts } from './declared-facts.ts';
import type { Found } from './detection.ts';
import { evidence, isTrue, listOf, numberOf, textOf } from './evidence.ts';
import { isDone, whoOf } from './kinds.ts';
import { keptBy, lostBetween, namesOf } from './kept-entries.ts';

export const logStoreWeakened = defineChangeDetection({
  id: 'log-store-weakened',
  number: 'L06',
  version: 2,
  title: 'Retention, lock, view or stored logs reduced',
  severity: 'high',
  why: 'Logs that were kept are the last witness of what the trail missed; shorter retention deletes them within days.',
  runbook: [
    'Read `what` of `store`, and `before` and `after`; undelete a bucket within seven days, put the retention back at once.',
    'Ask `by` for the ticket; a planned change is declared as an exemption with an end.',
    'Copy what is left of the logs to where the same identity cannot delete it.',
  ],
  evidence: ['store', 'what', 'before', 'after', 'by'],
  maps: {
    attack: ['T1685.002', 'T1485'],
    soc2: ['CC7.2', 'CC7.4'],
    iso27001: ['A.5.33', 'A.8.10', 'A.8.15'],
  },
  peers: [
    'Elastic defense_evasion_gcp_logging_bucket_deletion',
    'Panther gcp_log_bucket_or_sink_deleted',
    'Stratus gcp.defense-evasion.reduce-sink-log-retention',
  ],
  gaps: [
    'Which setting of a storage bucket was changed is not in its entry: a change of an export bucket is undetermined.',
    'Without `exportPath` in the configuration nobody knows which buckets logs are exported to.',
  ],
  sources: ['logging', 'storage'],
  on: ['log.change', 'telemetry.write', 'data.delete', 'schema.change'],
  compare: (change, declared) => {
    const { event, after } = change;
    if (event.action === 'telemetry.write') {
      return textOf(after, 'errorCode') === 'bucket_changed_parent_project'
        ? [found(change, 'the export bucket was made anew in another project')]
        : [];
    }
    if (!isDone(event)) return [];
    if (event.source === 'storage') return exportBucket(change, declared);
    return event.source === 'logging' ? ofLogging(change) : [];
  },
});

type Values = readonly [before?: string | number | undefined, after?: string | number | undefined];

function found({ event, after }: Change, what: string, [before, now]: Values = []): Found {
  const store = event.resource ?? textOf(after, 'destination') ?? event.id;
  return {
    key: store,
    summary: `${whoOf(event)} changed what ${store} keeps or shows: ${what}.`,
    evidence: evidence(
      ['store', store],
      ['what', what],
      ['before', before],
      ['after', now],
      ['by', event.actor?.id],
    ),
  };
}

const unsure = (one: Found): Found => ({ ...one, verdict: 'undetermined' });

const GONE: ReadonlyMap<string, string> = new Map([
  ['DeleteBucket', 'the log bucket is deleted'],
  ['DeleteView', 'the view is deleted'],
  ['DeleteLink', 'the link to BigQuery is deleted'],
  ['DeleteLog', 'all entries of the log are deleted'],
]);

function ofLogging(change: Change): readonly Found[] {
  const { method } = change.event;
  const name = method.slice(method.lastIndexOf('.') + 1);
  const gone = GONE.get(name);
  if (gone !== undefined) return [found(change, gone)];
  if (name === 'UpdateBucket' || name === 'UpdateBucketAsync') return bucketChanged(change);
  return name === 'UpdateView' ? viewChanged(change) : [];
}

/** Days that a log bucket keeps entries where nobody asks for another number. */
const USUAL_DAYS = 30;

function bucketChanged(change: Change): readonly Found[] {
  const { before, after } = change;
  const told = (field: string): boolean => masks(textOf(after, 'updateMask'), field);
  const all: Found[] = [];
  const days = numberOf(after, 'retentionDays');
  if (days !== undefined && told('retentionDays')) {
    const was = before === undefined ? undefined : (numberOf(before, 'retentionDays') ?? USUAL_DAYS);
    const values: Values = [was, days];
    if (was === undefined ? days < USUAL_DAYS : days < was)
      all.push(found(change, 'shorter retention', values));
    else if (was === undefined) all.push(unsure(found(change, 'another retention', values)));
  }
  if (before !== undefined && isTrue(before, 'locked') && told('locked') && !isTrue(after, 'locked'))
    all.push(found(change, 'the lock is gone', ['locked', 'not locked']));
  const restricted = listOf(after, 'restrictedFields').flat();
  if (told('restrictedFields')) {
    const known = new Set(before === undefined ? [] : listOf(before, 'restrictedFields').flat());
    const fresh = restricted.filter((field) => !known.has(field));
    const one = found(change, 'fields that are no longer shown', [undefined, fresh.join(' ')]);
    if (fresh.length > 0) all.push(before === undefined ? unsure(one) : one);
  }
  // One bucket is one alert, of the first: what is certain comes before what is not.
  return all;
}

/** What the view showed of the entries that must be kept, and shows. */
function viewChanged(change: Change): readonly Found[] {
  const { event, before, after } = change;
  if (!masks(textOf(after, 'updateMask'), 'filter')) return [];
  const filter = textOf(after, 'filter') ?? '';
  const now = keptBy({ filter, exclusions: [] }, event.project);
  const old = before === undefined ? '' : (textOf(before, 'filter') ?? '');
  const { lost, unsure: untold } = lostBetween(keptBy({ filter: old, exclusions: [] }, event.project), now);
  if (old === filter || (lost.length === 0 && untold.length === 0)) return [];
  const one = found(change, `the view no longer shows ${namesOf(lost.length > 0 ? lost : untold)}`, [
    old,
    filter,
  ]);
  return [before === undefined || lost.length === 0 ? unsure(one) : one];
}

const BUCKET = /^projects\/_\/buckets\/([^/]+)$/;

/** A storage bucket that logs are exported to. */
function exportBucket(change: Change, declared: DeclaredFacts): readonly Found[] {
  const { event } = change;
  const bucket = BUCKET.exec(event.resource ?? '')?.[1];
  if (bucket === undefined || declared.isOnExportPath(`gs://${bucket}`) !== true) return [];
  return event.method === 'storage.buckets.delete'
    ? [found(change, 'the export bucket is deleted')]
    : [unsure(found(change, 'settings of the export bucket changed'))];
}
