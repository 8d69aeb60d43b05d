import type { TrailEvent } from '../model/trail-event.ts';
import type { Decision } from '../policy/decision.ts';
import type { DeclaredFacts } from './declared-facts.ts';
import { byDeployer } from './deployers.ts';
import { defineDetection } from './detection.ts';
import { evidence, isTrue, textOf } from './evidence.ts';
import { isDone, whoOf } from './kinds.ts';

export const spannerBulkReadOrExport = defineDetection({
  id: 'spanner-bulk-read-or-export',
  number: 'X04',
  version: 1,
  title: 'Spanner mass read, backup copy or schema change by a job',
  severity: 'medium',
  why: 'A backup, a restore or a read with data boost takes a whole database without touching what its users see.',
  runbook: [
    'Look what `method` did to `database`, and where the copy is: `destination` where the entry names one.',
    'Ask the owner of `principal` which declared export or change this was; `decision` says what policy knows of it.',
    'Delete copies that nobody asked for, after their access was looked at.',
  ],
  evidence: ['method', 'database', 'destination', 'principal', 'decision', 'template'],
  maps: {
    attack: ['T1213.006', 'T1530'],
    soc2: ['CC6.1', 'CC6.7'],
    iso27001: ['A.8.12', 'A.8.3'],
  },
  peers: [],
  gaps: [
    'Reads need Data Access logs of Spanner.',
    'Many partitioned reads without data boost are counted where there is memory, not in one entry.',
    'An export by a pipeline of its own, under no known template, is seen in its reads only.',
  ],
  sources: ['spanner', 'dataflow'],
  on: ['data.read', 'data.write', 'data.delete', 'schema.change', 'iam.change', 'job.submit'],
  decide: ({ event, decision, declared }) => {
    const what = bulkOf(event);
    if (what === undefined || !isDone(event)) return [];
    const { actor, claims, resource } = event;
    const destination = textOf(claims, 'sourceBackup') === undefined ? undefined : resource;
    const leaves = destination !== undefined && declared.isOwnProject(projectOf(destination)) === false;
    if (!leaves && isDeclared(event, decision, declared)) return [];
    const database =
      textOf(claims, 'sourceBackup') ?? textOf(claims, 'sourceDatabase') ?? withoutSession(resource);
    return [
      {
        key: `${actor?.id ?? '-'} ${database ?? event.job ?? '-'}`,
        severity: leaves || isRefusedByPolicy(decision) ? 'high' : 'medium',
        summary: `${whoOf(event)} ${what}${leaves ? ' into a project of others' : ', which no policy declares'}.`,
        evidence: evidence(
          ['method', event.method],
          ['database', database],
          ['destination', destination],
          ['principal', actor?.id],
          ['decision', decision?.outcome],
          ['template', textOf(claims, 'template')],
        ),
      },
    ];
  },
});

/** Declared: by a policy that permits it, or by being made by CI. */
const isDeclared = (event: TrailEvent, decision: Decision | undefined, declared: DeclaredFacts): boolean =>
  decision?.outcome === 'permitted' || byDeployer(event, declared);

const isRefusedByPolicy = (decision: Decision | undefined): boolean =>
  decision?.outcome === 'forbidden' || decision?.outcome === 'undeclared';

/** Methods of `DatabaseAdmin`; the same words of `InstanceAdmin` are about instances. */
const ADMIN = 'google.spanner.admin.database.v1.DatabaseAdmin.';
const DONE: ReadonlyMap<string, string> = new Map([
  ['CopyBackup', 'copied a backup'],
  ['CreateBackup', 'made a backup'],
  ['RestoreDatabase', 'restored a backup'],
  ['UpdateDatabaseDdl', 'changed the schema of a database'],
  ['SetIamPolicy', 'changed who may use a database'],
  ['DropDatabase', 'dropped a database'],
]);

/** `Cloud_Spanner_to_GCS_Avro`, `Spanner_to_GCS_Text`, `Spanner_Change_Streams_to_BigQuery`: from Spanner to elsewhere. */
const EXPORTS = /\/(?:cloud_)?spanner_[a-z_]{0,40}to_[a-z_]{1,40}(?:_flex)?$/i;

function bulkOf({ source, method, claims }: TrailEvent): string | undefined {
  if (source === 'spanner') {
    if (method.startsWith(ADMIN)) return DONE.get(method.slice(ADMIN.length));
    return isTrue(claims, 'dataBoost') ? 'read a database with data boost' : undefined;
  }
  const template = textOf(claims, 'template');
  return template !== undefined && EXPORTS.test(template)
    ? 'launched a template that exports a database'
    : undefined;
}

/** Every worker reads in a session of its own. */
const withoutSession = (resource: string | undefined): string | undefined =>
  resource?.replace(/\/sessions\/.*$/s, '');

const projectOf = (resource: string): string => resource.split('/')[1] ?? '';
