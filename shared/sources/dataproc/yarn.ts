/**
 * YARN's own logs of a cluster: containers' output and the resource manager's account of applications. An application
 * that no job API knows is still work that ran. Whoever runs code on a cluster can write these logs, and sets the
 * application's tags: all of it is evidence of tenant provenance, and names are claims.
 *
 * Sources: org.apache.hadoop.yarn.server.resourcemanager.RMAuditLogger, RMAppManager.ApplicationSummary,
 * rmapp.RMAppImpl; https://cloud.google.com/dataproc/docs/guides/dataproc-job-output.
 */
import type { LogEntry } from '../../../schemas/log-entry.ts';
import type { Action, Normalised, Outcome } from '../../model/event.ts';
import { dataprocJob, yarnApplication } from '../../model/job.ts';
import { resourceLabel } from '../fields.ts';
import { claim, event, filtered, regionLabel, short, type Claims, type Draft } from './draft.ts';
import type { DaemonRecord } from './schema.ts';

const APPLICATION = /^application_[0-9]{1,20}_[0-9]{1,12}$/;

/** `yarn-userlogs`: a container of an application wrote a line. */
export function containerLine(entry: LogEntry, record: DaemonRecord): Normalised {
  const named = record.application ?? upTo(record.filename ?? '', '.');
  if (!APPLICATION.test(named)) {
    return {
      kind: 'refused',
      code: 'payload-shape',
      reason: 'The container log line names no YARN application.',
    };
  }
  const draft = application(entry, named, 'job.run', 'unknown', 'yarn-userlogs');
  claim(draft.claims, 'container', record.container);
  return event(draft);
}

/** `hadoop-yarn-resourcemanager`: submissions and ends of applications; everything else it says is routine. */
export function resourceManagerLine(entry: LogEntry, record: DaemonRecord): Normalised {
  const message = record.message ?? '';
  if (message.startsWith('USER=')) return auditLine(entry, message);
  if (message.startsWith('appId=')) return summaryLine(entry, message);
  if (message.startsWith('application_')) return stateLine(entry, message);
  return filtered('yarn-daemon-routine');
}

const AUDITED: Readonly<Record<string, readonly [Action, Outcome]>> = {
  'Submit Application Request': ['job.start', 'allowed'],
  'Kill Application Request': ['job.cancel', 'allowed'],
  'Application Finished - Succeeded': ['job.finish', 'allowed'],
  'Application Finished - Failed': ['job.finish', 'failed'],
  'Application Finished - Killed': ['job.finish', 'failed'],
};

/** `USER=u⇥IP=…⇥OPERATION=…⇥TARGET=…⇥RESULT=SUCCESS⇥APPID=application_…`; tabs may have become blanks on the way. */
function auditLine(entry: LogEntry, message: string): Normalised {
  const operation = auditField(message, 'OPERATION=') ?? '';
  const id = auditField(message, 'APPID=') ?? '';
  const known = Object.hasOwn(AUDITED, operation) ? AUDITED[operation] : undefined;
  if (known === undefined) return filtered('yarn-audit-routine');
  if (!APPLICATION.test(id)) return filtered('yarn-audit-without-application');
  const [action, whenSuccessful] = known;
  const refused = auditField(message, 'RESULT=') === 'FAILURE' && action !== 'job.finish';
  const unauthorized = refused && (auditField(message, 'DESCRIPTION=') ?? '').startsWith('Unauthorized');
  const outcome = unauthorized ? 'denied' : refused ? 'failed' : whenSuccessful;
  const draft = application(entry, id, action, outcome, operation);
  return event(calledBy(draft, auditField(message, 'USER=')));
}

/** Fields of an audit line in the order YARN writes them; a value ends where the next one begins. */
const AUDIT_KEYS = (
  'IP= OPERATION= TARGET= RESULT= DESCRIPTION= PERMISSIONS= APPID= ATTEMPTID= CONTAINERID= RESOURCE= ' +
  'CALLERCONTEXT= CALLERSIGNATURE= QUEUENAME= NODELABEL='
).split(' ');

/** First value of a key; the fields a user chooses freely (caller context, queue) stand behind those read here. */
function auditField(message: string, key: string): string | undefined {
  const from = key === 'USER=' ? 0 : keyAt(message, key, 0);
  if (from < 0) return undefined;
  const start = from + key.length;
  let end = message.indexOf('\t', start);
  if (end < 0) end = message.length;
  for (const next of AUDIT_KEYS) {
    const at = keyAt(message, next, start);
    if (at >= 0 && at < end) end = at;
  }
  const value = message.slice(start, end).trim();
  return value === '' ? undefined : value;
}

/** Position of a key that stands at the beginning of a word. */
function keyAt(message: string, key: string, from: number): number {
  let at = message.indexOf(key, from);
  while (at > 0 && message.charCodeAt(at - 1) > 0x20) at = message.indexOf(key, at + 1);
  return at;
}

/** `appId=…,name=…,user=…,queue=…,state=…,…,finalStatus=…,…,applicationTags=…`, with `\` before commas in values. */
function summaryLine(entry: LogEntry, message: string): Normalised {
  const fields = summaryFields(message);
  const id = fields.get('appId') ?? '';
  if (!APPLICATION.test(id)) return filtered('yarn-summary-without-application');
  const status = fields.get('finalStatus');
  const outcome: Outcome =
    status === 'SUCCEEDED' ? 'allowed' : status === 'FAILED' || status === 'KILLED' ? 'failed' : 'unknown';
  const draft = application(entry, id, 'job.finish', outcome, 'ApplicationSummary');
  claim(draft.claims, 'state', fields.get('state'));
  claim(draft.claims, 'finalStatus', status);
  claim(draft.claims, 'jobType', fields.get('applicationType')?.toLowerCase());
  const name = fields.get('name');
  if (name !== undefined && name !== '') draft.jobName = short(name);
  const parent = jobOfTags(fields.get('applicationTags') ?? '');
  if (parent !== undefined) {
    draft.parentJob = dataprocJob(draft.project, draft.location, 'job', parent);
    draft.parentStrength = 'declared';
    draft.claims['parentRecordedBy'] = 'yarn-tag';
  }
  return event(calledBy(draft, fields.get('user')));
}

function summaryFields(message: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let key = '';
  let from = 0;
  let escaped = false;
  for (let at = 0; at <= message.length; at += 1) {
    const code = at === message.length ? 0x2c : message.charCodeAt(at);
    if (code === 0x5c) {
      at += 1;
      escaped = true;
    } else if (code === 0x3d && key === '') {
      key = message.slice(from, at);
      from = at + 1;
    } else if (code === 0x2c) {
      const value = message.slice(from, at);
      if (key !== '' && !fields.has(key)) fields.set(key, escaped ? value.replaceAll(/\\(.)/g, '$1') : value);
      key = '';
      from = at + 1;
      escaped = false;
    }
  }
  return fields;
}

const JOB_TAG = 'dataproc_job_';

/** The Jobs API tags what it starts with `dataproc_job_<id>`, `dataproc_uuid_…` and `dataproc_job_attempt_timestamp_…`. */
export function jobOfTags(tags: string): string | undefined {
  for (const raw of tags.split(',', 64)) {
    const tag = raw.trim();
    if (!tag.startsWith(JOB_TAG) || tag.startsWith('dataproc_job_attempt_timestamp_')) continue;
    const id = tag.slice(JOB_TAG.length);
    if (id !== '' && id.length <= 128) return id;
  }
  return undefined;
}

/** States that begin and end work; those between tell nothing more. FINISHED does not say whether it went well. */
const STATES: Readonly<Record<string, readonly [Action, Outcome]>> = {
  RUNNING: ['job.start', 'allowed'],
  FINISHED: ['job.finish', 'unknown'],
  FAILED: ['job.finish', 'failed'],
  KILLED: ['job.finish', 'failed'],
};

/** `application_… State change from X to Y [on event = E]`. */
function stateLine(entry: LogEntry, message: string): Normalised {
  const id = upTo(message, ' ');
  const rest = message.slice(id.length);
  const mark = ' State change from ';
  if (!APPLICATION.test(id) || !rest.startsWith(mark)) return filtered('yarn-daemon-routine');
  const to = rest.indexOf(' to ', mark.length);
  const state = to < 0 ? '' : upTo(rest.slice(to + 4).trimEnd(), ' ');
  const known = Object.hasOwn(STATES, state) ? STATES[state] : undefined;
  if (known === undefined) return filtered('yarn-state-transient');
  const draft = application(entry, id, known[0], known[1], 'State change');
  claim(draft.claims, 'state', state);
  return event(draft);
}

function upTo(text: string, mark: string): string {
  const end = text.indexOf(mark);
  return end < 0 ? text : text.slice(0, end);
}

function calledBy(draft: Draft, user: string | undefined): Draft {
  if (user !== undefined && user !== '')
    draft.identity = { caller: { kind: 'named', name: short(user), realm: 'hadoop' } };
  return draft;
}

function application(
  entry: LogEntry,
  id: string,
  action: Action,
  outcome: Outcome,
  method: string,
): Draft & { claims: Claims } {
  const project = resourceLabel(entry, 'project_id');
  const region = regionLabel(entry);
  const cluster = resourceLabel(entry, 'cluster_name');
  const claims: Claims = {};
  claim(claims, 'cluster', cluster);
  claim(claims, 'clusterUuid', resourceLabel(entry, 'cluster_uuid'));
  return {
    action,
    outcome,
    method,
    identity: { absent: 'not-recorded' },
    via: 'direct',
    provenance: 'tenant',
    job: yarnApplication(project, region, cluster, id),
    ...(project === undefined ? {} : { project }),
    ...(region === undefined ? {} : { location: region }),
    claims,
  };
}
