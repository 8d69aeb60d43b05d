/**
 * Requests of Cloud Run, Cloud Run functions, Cloud Build, Artifact Registry, Cloud Scheduler, Workflows and Eventarc:
 * which code, under which identity, started by what. Environment variables, arguments and signed URLs are never claims.
 */
import { claim, digestClaim, listClaim } from '../../audit/claims.ts';
import type { Seen } from '../../audit/event.ts';
import { lastSegment, segmentAfter } from '../../audit/payload.ts';
import { jobApiCall } from '../../jobapi/index.ts';
import { isObject, list, obj, str, strings, type Json } from '../fields.ts';

function runsAs({ draft }: Seen, account: string | undefined): void {
  if (account?.includes('@') !== true) return;
  draft.identity = { ...draft.identity, runAs: { kind: 'google', email: lastSegment(account) ?? account } };
}

/** v1 is Knative's (`spec.template.spec`), v2 is flat (`template`); jobs nest one template more. */
export function readRun(seen: Seen): void {
  const { payload, claims } = seen;
  const { request, resourceName } = payload;
  const service = obj(request, 'service') ?? obj(request, 'job') ?? obj(request, 'workerPool');
  claim(claims, 'service', segmentAfter(resourceName, 'services') ?? str(request, 'serviceId'));
  claim(claims, 'runJob', segmentAfter(resourceName, 'jobs') ?? str(request, 'jobId'));
  claim(claims, 'execution', segmentAfter(resourceName, 'executions'));
  const knative = templateSpec(obj(service, 'spec'));
  const template = obj(service, 'template');
  const flat = obj(template, 'template') ?? template;
  runsAs(seen, str(knative, 'serviceAccountName') ?? str(flat, 'serviceAccount'));
  const containers = [...list(knative, 'containers'), ...list(flat, 'containers')].filter(isObject);
  listClaim(
    claims,
    'images',
    containers.flatMap((container) => str(container, 'image') ?? []),
  );
  claim(
    claims,
    'ingress',
    str(service, 'ingress') ??
      str(obj(obj(service, 'metadata'), 'annotations'), 'run.googleapis.com/ingress'),
  );
}

/** `spec.template.spec`, and once more for jobs. */
function templateSpec(spec: Json | undefined): Json | undefined {
  const inner = obj(obj(spec, 'template'), 'spec');
  return obj(obj(inner, 'template'), 'spec') ?? inner;
}

/** v1 has its fields at the top, v2 under `serviceConfig` and `buildConfig`. */
export function readFunction(seen: Seen): void {
  const { payload, claims } = seen;
  const { request, resourceName } = payload;
  const fn = obj(request, 'function') ?? obj(request, 'cloudFunction');
  const service = obj(fn, 'serviceConfig');
  const build = obj(fn, 'buildConfig');
  claim(
    claims,
    'function',
    segmentAfter(resourceName, 'functions') ?? str(request, 'functionId') ?? lastSegment(str(fn, 'name')),
  );
  runsAs(seen, str(fn, 'serviceAccountEmail') ?? str(service, 'serviceAccountEmail'));
  claim(claims, 'runtime', str(fn, 'runtime') ?? str(build, 'runtime'));
  claim(claims, 'entryPoint', str(fn, 'entryPoint') ?? str(build, 'entryPoint'));
  const archive = obj(obj(build, 'source'), 'storageSource');
  const bucket = str(archive, 'bucket');
  claim(
    claims,
    'source',
    bucket === undefined
      ? str(fn, 'sourceArchiveUrl')
      : `gs://${bucket}/${str(archive, 'object') ?? ''}#${str(archive, 'generation') ?? ''}`,
    1024,
  );
  claim(claims, 'ingress', str(fn, 'ingressSettings') ?? str(service, 'ingressSettings'));
}

export function readBuild(seen: Seen): void {
  const { payload, claims } = seen;
  const { request, response, resourceName } = payload;
  const build = obj(request, 'build') ?? obj(obj(response, 'metadata'), 'build');
  const trigger = obj(request, 'trigger');
  claim(
    claims,
    'build',
    segmentAfter(resourceName, 'builds') ?? str(build, 'id') ?? segmentAfter(str(request, 'name'), 'builds'),
  );
  claim(claims, 'trigger', str(request, 'triggerId') ?? str(trigger, 'name') ?? str(build, 'buildTriggerId'));
  runsAs(seen, str(build, 'serviceAccount') ?? str(trigger, 'serviceAccount'));
  listClaim(claims, 'images', strings(build, 'images'));
  const repository = obj(obj(build, 'source'), 'repoSource') ?? obj(request, 'source');
  claim(claims, 'repository', str(repository, 'repoName'));
  claim(claims, 'commit', str(repository, 'commitSha'));
}

/** `…/repositories/R/packages/P/versions/sha256:…`, `…/tags/T`, `…/dockerImages/I@sha256:…`. */
export function readArtifact({ payload, claims }: Seen): void {
  const { request, resourceName } = payload;
  claim(claims, 'repository', segmentAfter(resourceName, 'repositories') ?? str(request, 'repositoryId'));
  claim(
    claims,
    'package',
    segmentAfter(resourceName, 'packages') ?? segmentAfter(resourceName, 'dockerImages'),
  );
  claim(claims, 'version', segmentAfter(resourceName, 'versions'));
  claim(claims, 'tag', segmentAfter(resourceName, 'tags') ?? str(request, 'tagId'));
}

/** What a scheduled job calls, and as whom; a job API is recognised by its path. */
export function readSchedule(seen: Seen): void {
  const { payload, claims } = seen;
  const { request, response, resourceName } = payload;
  const job = obj(request, 'job') ?? response;
  claim(
    claims,
    'scheduledJob',
    segmentAfter(str(job, 'name') ?? str(request, 'name') ?? resourceName, 'jobs') ??
      segmentAfter(resourceName, 'jobs'),
  );
  claim(claims, 'schedule', str(job, 'schedule'));
  claim(claims, 'state', str(response, 'state'));
  const http = obj(job, 'httpTarget');
  runsAs(
    seen,
    str(obj(http, 'oauthToken'), 'serviceAccountEmail') ?? str(obj(http, 'oidcToken'), 'serviceAccountEmail'),
  );
  claim(claims, 'topic', str(obj(job, 'pubsubTarget'), 'topicName'), 1024);
  const uri = str(http, 'uri');
  if (uri === undefined) return;
  const target = targetOf(uri);
  claim(claims, 'target', target.shown, 1024);
  const call = jobApiCall(target.host, str(http, 'httpMethod') ?? 'POST', target.path);
  if (call !== undefined) claim(claims, 'targetCall', `${call.engine} ${call.method}`);
}

/** Scheme, host and path; user info and query, where credentials may stand, are left out. */
function targetOf(uri: string): { host: string; path: string; shown: string } {
  const scheme = uri.indexOf('://');
  const from = scheme < 0 ? 0 : scheme + 3;
  const end = uri.search(/[?#]/);
  const plain = end < 0 ? uri : uri.slice(0, end);
  const slash = plain.indexOf('/', from);
  const authority = slash < 0 ? plain.slice(from) : plain.slice(from, slash);
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const path = slash < 0 ? '/' : plain.slice(slash);
  return { host, path, shown: `${plain.slice(0, from)}${host}${path}` };
}

/** The text of a workflow is told by its digest: it is code. */
export function readWorkflow(seen: Seen): void {
  const { payload, claims } = seen;
  const { request, response, resourceName } = payload;
  const workflow = obj(request, 'workflow');
  const name = str(request, 'name') ?? str(request, 'parent') ?? resourceName;
  claim(
    claims,
    'workflow',
    str(request, 'workflowId') ?? segmentAfter(str(workflow, 'name') ?? name, 'workflows'),
  );
  claim(
    claims,
    'execution',
    segmentAfter(str(response, 'name'), 'executions') ?? segmentAfter(name, 'executions'),
  );
  runsAs(seen, str(workflow, 'serviceAccount'));
  claim(claims, 'updateMask', str(request, 'updateMask'));
  const source = str(workflow, 'sourceContents');
  if (source !== undefined) digestClaim(claims, 'source', { source });
}

export function readTrigger(seen: Seen): void {
  const { payload, claims } = seen;
  const { request, resourceName } = payload;
  const trigger = obj(request, 'trigger');
  claim(
    claims,
    'trigger',
    str(request, 'triggerId') ??
      segmentAfter(str(trigger, 'name') ?? str(request, 'name') ?? resourceName, 'triggers'),
  );
  runsAs(seen, str(trigger, 'serviceAccount'));
  const destination = obj(trigger, 'destination');
  claim(
    claims,
    'target',
    str(obj(destination, 'cloudRun'), 'service') ??
      str(destination, 'workflow') ??
      str(destination, 'cloudFunction'),
    1024,
  );
}
