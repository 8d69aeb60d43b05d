import { REGIONS } from '../model/regions.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { placeOf } from './dataset-place.ts';
import type { DeclaredFacts } from './declared-facts.ts';
import { defineDetection, type Found } from './detection.ts';
import { evidence, numberOf, textOf } from './evidence.ts';
import { isDone, isJobStart, JOB_STARTS, partiesOf, whoOf } from './kinds.ts';
import { onePerKey } from './one-per-key.ts';

const ID = 'gcs-destination-outside-org';

export const gcsDestinationOutsideOrg = defineDetection({
  id: ID,
  number: 'X02',
  version: 1,
  title: 'Job writes or copies objects to an unknown bucket',
  severity: 'high',
  why: 'Objects are written to a bucket of others with the rights of the job; the write itself is logged in their project, not in ours.',
  runbook: [
    'Look whose `bucket` is: gcloud storage buckets describe, with an identity that has no rights of the job.',
    'Look how it came into the work: `how` says argument, scratch path, write or copy; `job` and `principal` who asked for it.',
    'Stop the job while it runs; declare the bucket in `sinks` or `organisation.buckets` if it is ours.',
  ],
  evidence: ['bucket', 'how', 'principal', 'job', 'object'],
  maps: { attack: ['T1537', 'T1567.002'], soc2: ['CC6.7'], iso27001: ['A.8.12'] },
  peers: ['Panther gcp_gcs_object_exfiltration (copies across projects, 50 of them)'],
  gaps: [
    'Not judged without buckets in the configuration (`organisation.buckets`, `datasets`, `sinks`).',
    'Writes need Data Access logs of Cloud Storage; those to a bucket of others are in its own log only.',
    'A name that the code puts together itself is in no argument.',
  ],
  sources: ['dataproc', 'dataflow', 'storage'],
  on: [...JOB_STARTS, 'data.write', 'data.read'],
  decide: ({ event, declared }) => {
    // Where a query or an extract of BigQuery goes, bq-destination-outside-org says.
    if (isJobStart(event) && event.source !== 'bigquery') return onePerKey(submitted(event, declared));
    if (!isDone(event)) return [];
    return event.action === 'data.write' ? written(event, declared) : copied(event, declared);
  },
});

/** What a submission names, before anything is written: arguments that may be read or written, paths for the engine's own files. */
function submitted(event: TrailEvent, declared: DeclaredFacts): readonly Found[] {
  const { datasets, claims } = event;
  const named: (readonly [how: string, uri: string])[] = [];
  for (const { dataset, op } of datasets) {
    if (op === 'write') named.push(['output', dataset]);
    else if (op === 'use' && !isGoogleOwned(dataset)) named.push(['argument', dataset]);
  }
  for (const name of SCRATCH) {
    const uri = textOf(claims, name);
    if (uri !== undefined) named.push([name, uri]);
  }
  const found = named.flatMap(([how, uri]) => foreign(event, declared, how, uri));
  const isCut = numberOf(claims, 'datasetsBeyondLimit') !== undefined;
  if (found.length > 0 || !isCut) return found;
  return [
    {
      key: `${event.job ?? '-'} undetermined`,
      verdict: 'undetermined',
      summary: `${whoOf(event)} submitted a job that names more data than the entry keeps.`,
      evidence: evidence(['principal', event.actor?.id], ['job', event.job]),
    },
  ];
}

const SCRATCH = ['tempLocation', 'stagingLocation'];

/** Objects that work writes: that of declared accounts, and whatever is part of a job. */
function written(event: TrailEvent, declared: DeclaredFacts): readonly Found[] {
  const { actor, job, datasets } = event;
  const isOfWork = job !== undefined || (actor !== undefined && declared.isAnyRuntimeAccount(actor.id));
  return isOfWork ? datasets.flatMap(({ dataset }) => foreign(event, declared, 'write', dataset)) : [];
}

/** `projects/P/buckets/B/objects/O`, told by the entry of what was copied; `_` where the project was not named. */
function copied(event: TrailEvent, declared: DeclaredFacts): readonly Found[] {
  const [, project = '', , bucket, , ...object] = (textOf(event.claims, 'copiedTo') ?? '').split('/');
  if (bucket === undefined) return [];
  const isForeign =
    declared.isOwnProject(project) === false && (project !== '_' || declared.isOwnBucket(bucket) === false);
  return isForeign && !isExcused(event, declared, `gs://${bucket}`)
    ? [foundIn(event, 'copy', bucket, `gs://${bucket}/${object.join('/')}`)]
    : [];
}

function foreign(event: TrailEvent, declared: DeclaredFacts, how: string, uri: string): readonly Found[] {
  const place = placeOf(uri);
  if (place?.kind !== 'bucket' || declared.isOwnBucket(place.name) !== false) return [];
  return isExcused(event, declared, uri) ? [] : [foundIn(event, how, place.name, uri)];
}

function foundIn(event: TrailEvent, how: string, bucket: string, object: string): Found {
  const { actor, job } = event;
  const verb = VERBS.get(how) ?? 'named for a job';
  return {
    key: `${job ?? actor?.id ?? '-'} ${bucket}`,
    summary: `${whoOf(event)} ${verb} the bucket ${bucket}, which nobody declares.`,
    evidence: evidence(
      ['bucket', bucket],
      ['how', how],
      ['principal', actor?.id],
      ['job', job],
      ['object', object],
    ),
  };
}

const VERBS: ReadonlyMap<string, string> = new Map([
  ['write', 'wrote into'],
  ['copy', 'copied an object into'],
]);

/** Buckets that Google keeps templates, examples and initialisation actions in: read by everybody, written by nobody else. */
const GOOGLE_BUCKETS: ReadonlySet<string> = new Set([
  'dataflow-templates',
  'dataflow-samples',
  'dataproc-examples',
  'dataproc-initialization-actions',
  ...REGIONS.flatMap((region) => [
    `dataflow-templates-${region}`,
    `goog-dataproc-initialization-actions-${region}`,
  ]),
]);

function isGoogleOwned(dataset: string): boolean {
  const place = placeOf(dataset);
  return place !== undefined && GOOGLE_BUCKETS.has(place.name);
}

const isExcused = (event: TrailEvent, declared: DeclaredFacts, resource: string): boolean =>
  declared.exemption(ID, {
    principals: partiesOf(event),
    resource,
    environment: event.environment,
    time: event.time,
  }) !== undefined;
