import type { TrailClaims } from '../model/trail-event.ts';
import { defineDetection, type Found } from './detection.ts';
import { evidence, isCut, listOf, textOf } from './evidence.ts';
import { beginsWork, START_CALLS, subjectOf, whoOf } from './kinds.ts';

export const jobCodeUntrustedOrigin = defineDetection({
  id: 'job-code-untrusted-origin',
  number: 'P02',
  version: 1,
  title: 'Job code from outside the trusted origins',
  severity: 'high',
  why: 'Scripts, jars, images and boot hooks run with the rights of the job: whoever can write where they come from can run code there.',
  runbook: [
    'Read what stands at `origin`, in the version of that time, and who can write there.',
    'Look what ran with it: the job or cluster, the account it ran under, and what it reached afterwards.',
    'Move the code to a trusted bucket or registry at a pinned version, or add its origin to `trustedCode` after review.',
  ],
  evidence: ['origin', 'kind', 'principal', 'job', 'method'],
  maps: { attack: ['T1059.006', 'T1037', 'T1525'], soc2: ['CC6.8'], iso27001: ['A.8.19', 'A.8.28'] },
  peers: [
    'ETD GCE Admin Added Startup Script (machines only)',
    'Stratus Red Team gcp.execution.modify-vertex-notebook-startup',
    'Panther databricks_global_init_script_changes',
    'Panther databricks_install_library_all_clusters',
  ],
  gaps: [
    'Not judged where `trustedCode` is empty.',
    'Arguments, inline queries and files that are on the image already are no origin.',
    'Whether a trusted object is still the one that was released is the overwrite of artifacts.',
    "Google's own initialization actions are taken as they are: a copy of one's own stays what was reviewed.",
  ],
  sources: ['dataproc', 'dataflow'],
  on: START_CALLS,
  decide: ({ event, declared }) => {
    if (!beginsWork(event)) return [];
    const { claims, location } = event;
    const subject = subjectOf(event);
    const found = originsOf(claims)
      .filter(([, origin]) => isOrigin(origin) && !isGoogles(origin, location))
      .filter(([, origin]) => declared.isTrustedCode(origin) === false)
      .map(([kind, origin]): Found => ({
        key: `${subject} ${origin}`,
        summary: `${whoOf(event)} started work with code from ${origin}, which is no trusted origin.`,
        evidence: evidence(
          ['origin', origin],
          ['kind', kind],
          ['principal', event.actor?.id],
          ['job', event.job],
          ['method', event.method],
        ),
      }));
    const cut = LISTS.find((name) => isCut(claims, name));
    if (cut === undefined || found.length > 0 || declared.isTrustedCode(cut) === undefined) return found;
    return [
      {
        key: `${subject} ${cut}`,
        summary: `${whoOf(event)} started work with more files than are kept; not all of their origins are known.`,
        evidence: evidence(['kind', cut], ['principal', event.actor?.id], ['job', event.job]),
        verdict: 'undetermined',
      },
    ];
  },
});

/** Claims that name one origin, and those that list them. */
const TEXTS = ['mainFile', 'template', 'containerImage', 'pypiRepository', 'startupScriptUrl'];
const LISTS = ['initActions', 'libraries', 'stepFiles', 'packages'];
/** Metadata of machines that is code, or a way in, itself. */
const HOOKS: ReadonlySet<string> = new Set(['startup-script', 'ssh-keys']);

type Origin = readonly [kind: string, origin: string];

/** What work is told to run, and where it says that comes from. */
export function originsOf(claims: TrailClaims): readonly Origin[] {
  const texts = TEXTS.flatMap((name): readonly Origin[] => {
    const text = textOf(claims, name);
    return text === undefined ? [] : [[name, text]];
  });
  const lists = LISTS.flatMap((name) =>
    listOf(claims, name)
      .flat()
      .map((item): Origin => [name, item]),
  );
  const hooks = listOf(claims, 'metadataKeys')
    .flat()
    .filter((key) => HOOKS.has(key))
    .map((key): Origin => ['metadataKeys', `metadata:${key}`]);
  return [...texts, ...lists, ...hooks];
}

/** A class or a template's own name is none; what is on the image has come with it. */
const isOrigin = (origin: string): boolean =>
  (origin.includes('/') || origin.includes(':')) &&
  !origin.startsWith('file:') &&
  !origin.startsWith('local:');

/** Nobody but Google can make buckets whose names begin with `goog`. */
const isGoogles = (origin: string, location: string | undefined): boolean =>
  location !== undefined && origin.startsWith(`gs://goog-dataproc-initialization-actions-${location}/`);
