/**
 * Logs of Dataproc that are no audit entries, by LOG_ID. Those that show work become events; every other one is left
 * out under a rule of its own, so that the counts tell what was.
 * Source: https://cloud.google.com/dataproc/docs/guides/logging.
 */
import type { LogEntry } from '../../../schemas/log-entry.ts';
import type { Normalised } from '../../model/event.ts';
import { dataprocJob } from '../../model/job.ts';
import { label, logId, resourceLabel } from '../fields.ts';
import { claim, event, filtered, regionLabel, type Claims, type Draft } from './draft.ts';
import { jupyterLine } from './jupyter.ts';
import { knoxLine } from './knox.ts';
import { DaemonRecord } from './schema.ts';
import { containerLine, resourceManagerLine } from './yarn.ts';

/** Prefix of the service's own LOG_IDs. */
const SERVICE = 'dataproc.googleapis.com/';

const DAEMONS: Readonly<Record<string, string>> = {
  'google.dataproc.agent': 'dataproc-log-agent',
  'google.dataproc.startup': 'dataproc-log-startup',
  'hadoop-yarn-nodemanager': 'dataproc-log-yarn',
  'hadoop-yarn-timelineserver': 'dataproc-log-yarn',
  'hadoop-hdfs': 'dataproc-log-hdfs',
  'hadoop-hdfs-namenode': 'dataproc-log-hdfs',
  'hadoop-hdfs-secondarynamenode': 'dataproc-log-hdfs',
  'hadoop-hdfs-datanode': 'dataproc-log-hdfs',
  'hadoop-hdfs-zkfc': 'dataproc-log-hdfs',
  'hadoop-hdfs-journalnode': 'dataproc-log-hdfs',
  'hadoop-mapred-historyserver': 'dataproc-log-mapred',
  'hive-metastore': 'dataproc-log-hive',
  'hive-server2': 'dataproc-log-hive',
  zookeeper: 'dataproc-log-zookeeper',
  zeppelin: 'dataproc-log-zeppelin',
  'ranger-usersync': 'dataproc-log-ranger',
  'spark-history-server': 'dataproc-log-spark-history',
  syslog: 'dataproc-log-syslog',
  // Scaling and healing show as audit entries where they change a cluster; these logs hold the reasoning.
  autoscaler: 'dataproc-log-autoscaler',
  [`${SERVICE}autoscaler`]: 'dataproc-log-autoscaler',
  [`${SERVICE}reconciler`]: 'dataproc-log-reconciler',
  [`${SERVICE}cluster_reconciler`]: 'dataproc-log-reconciler',
  [`${SERVICE}cluster_reconciler_ttl`]: 'dataproc-log-reconciler',
  [`${SERVICE}startup`]: 'dataproc-log-startup',
};

export function normaliseLog(entry: LogEntry): Normalised {
  const log = logId(entry);
  switch (log) {
    case 'dataproc.job.driver':
    case 'dataproc.job.yarn.container':
      return jobLine(entry, log);
    case 'dataproc.googleapis.com/output':
    case 'dataproc.googleapis.com/spark':
      return serverlessLine(entry, log);
    case 'yarn-userlogs':
      return containerLine(entry, recordOf(entry));
    case 'hadoop-yarn-resourcemanager':
      return resourceManagerLine(entry, recordOf(entry));
    case 'knox':
    case 'gateway-audit':
      return knoxLine(entry, textOf(entry));
    case 'jupyter_notebook':
    case 'jupyter_kernel_gateway':
      return jupyterLine(entry, log, textOf(entry));
    case undefined:
      return filtered('dataproc-log-unnamed');
    default:
      return filtered(Object.hasOwn(DAEMONS, log) ? (DAEMONS[log] ?? '') : 'dataproc-log-unlisted');
  }
}

const NO_RECORD: DaemonRecord = {};

function recordOf(entry: LogEntry): DaemonRecord {
  if (entry.jsonPayload !== undefined) return DaemonRecord.parse(entry.jsonPayload);
  return entry.textPayload === undefined ? NO_RECORD : { message: entry.textPayload };
}

function textOf(entry: LogEntry): string {
  return entry.textPayload ?? recordOf(entry).message ?? '';
}

/** Output of a job's driver or of one of its containers: it ran. The text is the job's own and is not read. */
function jobLine(entry: LogEntry, log: string): Normalised {
  const id = resourceLabel(entry, 'job_id');
  if (id === undefined) {
    return {
      kind: 'refused',
      code: 'payload-shape',
      reason: 'The job log entry has no resource label job_id.',
    };
  }
  const draft = ran(entry, log, 'job', id);
  const claims: Claims = {};
  claim(claims, 'jobUuid', resourceLabel(entry, 'job_uuid'));
  claim(claims, 'cluster', label(entry, 'dataproc.googleapis.com/cluster_name'));
  claim(claims, 'clusterUuid', label(entry, 'dataproc.googleapis.com/cluster_uuid'));
  if (log === 'dataproc.job.yarn.container') {
    const { application, container } = recordOf(entry);
    claim(claims, 'application', application);
    claim(claims, 'container', container);
  }
  draft.claims = claims;
  return event(draft);
}

/** Output of a batch or session. */
function serverlessLine(entry: LogEntry, log: string): Normalised {
  const batch = resourceLabel(entry, 'batch_id');
  if (batch !== undefined) return event(ran(entry, log, 'batch', batch));
  const session = resourceLabel(entry, 'session_id');
  if (session !== undefined) return event({ ...ran(entry, log, 'session', session), action: 'session.run' });
  return {
    kind: 'refused',
    code: 'payload-shape',
    reason: 'The serverless log entry has neither of the resource labels batch_id and session_id.',
  };
}

function ran(entry: LogEntry, log: string, kind: 'job' | 'batch' | 'session', id: string): Draft {
  const project = resourceLabel(entry, 'project_id');
  const region = regionLabel(entry);
  const draft: Draft = {
    action: 'job.run',
    outcome: 'unknown',
    method: log,
    identity: { absent: 'not-recorded' },
    via: 'direct',
    provenance: 'tenant',
    job: dataprocJob(project, region, kind, id),
  };
  if (project !== undefined) draft.project = project;
  if (region !== undefined) draft.location = region;
  return draft;
}
