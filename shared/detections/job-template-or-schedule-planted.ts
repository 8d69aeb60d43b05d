import type { TrailEvent } from '../model/trail-event.ts';
import { defineDetection } from './detection.ts';
import { evidence, isTrue, textOf } from './evidence.ts';
import { isDone, subjectOf, whoOf } from './kinds.ts';

export const jobTemplateOrSchedulePlanted = defineDetection({
  id: 'job-template-or-schedule-planted',
  number: 'P04',
  version: 1,
  title: 'Template, schedule or init script changed by somebody who deploys nothing',
  severity: 'high',
  why: 'What is planted today runs later, under the rights of whoever or whatever starts it then.',
  runbook: [
    'Read what `planted` runs now, under which account (`runAs`), and what it ran before.',
    'List the runs made of it since, and stop them.',
    'Put the reviewed version back by the deployment; name the identity under `deployers` only if it is one.',
  ],
  evidence: ['planted', 'kind', 'principal', 'runAs', 'method'],
  maps: { attack: ['T1053', 'T1037', 'T1543'], soc2: ['CC8.1', 'CC6.8'], iso27001: ['A.8.32', 'A.8.19'] },
  peers: [
    'Panther databricks_global_init_script_changes',
    'Panther gcp_k8s_cron_job_created_or_modified',
    'Sigma gcp_kubernetes_cronjob',
  ],
  gaps: [
    'A deployer without a record of the deployment takes more than one entry.',
    'The folder of DAGs is known by the names that Composer gives its buckets.',
  ],
  sources: ['dataproc', 'dataflow', 'databricks', 'platform', 'kubernetes', 'storage'],
  on: [
    'template.change',
    'schedule.change',
    'artifact.change',
    'cluster.update',
    'policy.change',
    'data.write',
  ],
  decide: ({ event, declared }) => {
    const { actor } = event;
    // Google's own services act for somebody whose call has an entry of its own.
    if (!isDone(event) || actor?.kind === 'system') return [];
    const kind = kindOf(event);
    if (kind === undefined || (actor !== undefined && declared.isDeployer(actor.id))) return [];
    const planted = dagOf(event) ?? nameOf(event);
    return [
      {
        key: planted,
        summary: `${whoOf(event)}, no deployer, changed ${planted} (${kind}).`,
        evidence: evidence(
          ['planted', planted],
          ['kind', kind],
          ['principal', actor?.id],
          ['runAs', event.runAs],
          ['method', event.method],
        ),
        verdict: actor === undefined ? 'undetermined' : 'violation',
      },
    ];
  },
});

type Kind = 'template' | 'schedule' | 'init script' | 'autoscaling policy' | 'cluster policy' | 'dag';

/** Which of the things that make later work was changed; undefined where none was, or it was only taken away. */
function kindOf(event: TrailEvent): Kind | undefined {
  const { action, source, method, claims } = event;
  const verb = method.slice(method.lastIndexOf('.') + 1);
  if (action === 'template.change') {
    // A definition of Databricks that nobody has scheduled is started by somebody, who is judged then.
    const runsLater = source !== 'databricks' || isTrue(claims, 'scheduled');
    return isRemoval(verb) || !runsLater ? undefined : 'template';
  }
  if (action === 'schedule.change') return isRemoval(verb) || !startsJobs(event) ? undefined : 'schedule';
  if (method.startsWith('globalInitScripts.')) return 'init script';
  if (method.startsWith('clusterPolicies.')) return 'cluster policy';
  if (verb.endsWith('AutoscalingPolicy')) return 'autoscaling policy';
  return dagOf(event) === undefined ? undefined : 'dag';
}

const isRemoval = (verb: string): boolean => /^(?:delete|pause|stop)/i.test(verb);

/** Cloud Scheduler calls anything: what counts is a job API. Pipelines of Dataflow and workloads of clusters are work. */
const startsJobs = ({ source, claims }: TrailEvent): boolean =>
  source === 'dataflow' || source === 'kubernetes' || textOf(claims, 'targetCall') !== undefined;

/** What is made anew is named apart from the place it is made in, objects of Kubernetes apart from their cluster. */
function nameOf(event: TrailEvent): string {
  const { claims, source } = event;
  const subject = subjectOf(event);
  if (source === 'kubernetes') return `${textOf(claims, 'cluster') ?? '-'} ${subject}`;
  const name = NAMES.map((claim) => textOf(claims, claim)).find((text) => text !== undefined);
  return name === undefined || subject.endsWith(`/${name}`) ? subject : `${subject}/${name}`;
}

const NAMES = ['pipeline', 'scheduledJob', 'template'];

/** `gs://REGION-ENVIRONMENT-HASH-bucket/dags/…`, where Composer takes its DAGs from. */
const DAGS = /^gs:\/\/[a-z0-9-]{1,50}-[0-9a-f]{8}-bucket\/dags\//;

const dagOf = ({ datasets }: TrailEvent): string | undefined =>
  datasets.find(({ dataset }) => DAGS.test(dataset))?.dataset;
