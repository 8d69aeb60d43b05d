/**
 * What requests of Dataflow carry, read from every shape they are known to come in:
 *
 * - the audit log's own flat object, `{job_name, job_id, serviceAccount}`: no `@type`, mostly snake_case;
 * - Job, CreateJobFromTemplateRequest, LaunchTemplateRequest and LaunchFlexTemplateRequest of
 *   google/dataflow/v1beta3/*.proto in proto3 JSON, which audit entries are not documented to carry and may.
 *
 * Which further keys an update or a cancellation has is not documented, so both spellings of a key are read and a value
 * of the wrong type reads as absent.
 */
import { isObject, list, obj, own, str, type Json } from '../fields.ts';

export interface DataflowRequest {
  readonly jobId?: string;
  readonly jobName?: string;
  readonly location?: string;
  /** gs:// path of a classic template or of a Flex template's specification, else the Flex container image. */
  readonly template?: string;
  /** Image of the SDK's container that the workers run. */
  readonly containerImage?: string;
  /** Locations of the packages that the workers fetch, without query strings. */
  readonly packages?: readonly string[];
  /** E-mail of the service account the workers run as. */
  readonly serviceAccount?: string;
  /** Id of the running job that this one replaces. */
  readonly replaces?: string;
  /** Job state without the prefix `JOB_STATE_`: CANCELLED, DRAINED, … */
  readonly requestedState?: string;
  /** `JOB_TYPE_BATCH`, `JOB_TYPE_STREAMING`. */
  readonly jobType?: string;
  /** SDK and its version, as the SDK tells it. */
  readonly sdk?: string;
  readonly tempLocation?: string;
  readonly stagingLocation?: string;
  /** The template is to replace a running job of the same name. */
  readonly update?: boolean;
  /** The label in which a gateway leaves the id of the request. */
  readonly gatewayRequestId?: string;
  /** The request is checked only, nothing is launched. */
  readonly validateOnly?: boolean;
  /** The request starts a job from a template; GetTemplate names a template and starts none. */
  readonly launches?: 'CreateJobFromTemplate' | 'LaunchTemplate' | 'LaunchFlexTemplate';
  readonly parameters?: Json;
  readonly options?: Json;
  readonly jobMetadata?: Json;
}

/** First non-empty string under any of the keys. */
export function text(object: Json | undefined, ...keys: readonly string[]): string | undefined {
  if (object === undefined) return undefined;
  for (const key of keys) {
    const value = str(object, key);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** First object under any of the keys. */
export function child(object: Json | undefined, ...keys: readonly string[]): Json | undefined {
  if (object === undefined) return undefined;
  for (const key of keys) {
    const value = own(object, key);
    if (isObject(value)) return value;
  }
  return undefined;
}

const flag = (object: Json | undefined, ...keys: readonly string[]): boolean =>
  keys.some((key) => own(object, key) === true);

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Reads a request, and the response where it is or holds the Job that came of it (CreateJob, LaunchTemplateResponse).
 * Absent fields are left out.
 */
export function readRequest(request: Json | undefined, response?: Json): DataflowRequest {
  const job = obj(request, 'job') ?? request;
  const created = obj(response, 'job') ?? response;
  const classic = child(request, 'launchParameters', 'launch_parameters');
  const flex = child(request, 'launchParameter', 'launch_parameter');
  const launch = flex ?? classic;
  const environment = obj(request, 'environment') ?? obj(launch, 'environment') ?? obj(job, 'environment');
  const options = optionsOf(environment);

  const read: Mutable<DataflowRequest> = {};
  const set = <K extends keyof DataflowRequest>(key: K, value: DataflowRequest[K] | undefined): void => {
    if (value !== undefined) read[key] = value;
  };
  set('jobId', text(request, 'job_id', 'jobId') ?? text(job, 'id') ?? text(created, 'id', 'job_id', 'jobId'));
  set(
    'jobName',
    text(request, 'job_name', 'jobName') ?? text(launch, 'jobName', 'job_name') ?? text(job, 'name'),
  );
  set('location', text(request, 'location', 'region') ?? text(job, 'location') ?? text(created, 'location'));
  set('template', templateOf(request, launch));
  set('containerImage', imageOf(environment, options));
  set('packages', packagesOf(environment));
  set('serviceAccount', serviceAccountOf(request, environment, options));
  set(
    'replaces',
    text(job, 'replaceJobId', 'replace_job_id') ?? text(created, 'replaceJobId', 'replace_job_id'),
  );
  set('requestedState', stateOf(request) ?? stateOf(job));
  set('jobType', text(job, 'type', 'job_type', 'jobType') ?? text(request, 'job_type', 'jobType'));
  const metadata = child(job, 'jobMetadata', 'job_metadata');
  set('jobMetadata', metadata);
  set('sdk', sdkOf(metadata, environment, launch));
  set('tempLocation', scratch('tempLocation', 'temp_location', environment, options));
  set(
    'stagingLocation',
    scratch('stagingLocation', 'staging_location', environment, options) ??
      text(child(request, 'dynamicTemplate', 'dynamic_template'), 'stagingLocation', 'staging_location'),
  );
  if (flag(launch, 'update')) read.update = true;
  if (flag(request, 'validateOnly', 'validate_only')) read.validateOnly = true;
  set('launches', launchOf(request, classic, flex));
  set('gatewayRequestId', gatewayRequestOf(job, environment));
  set('parameters', obj(request, 'parameters') ?? obj(launch, 'parameters'));
  set('options', options);
  return read;
}

const GATEWAY_REQUEST = 'gw-request-id';
const MAX_REQUEST_ID = 128;

/** Of a job, or of the jobs that a launch makes. A cut id could be another request's: too long is none. */
function gatewayRequestOf(job: Json | undefined, environment: Json | undefined): string | undefined {
  const labels = obj(job, 'labels') ?? child(environment, 'additionalUserLabels', 'additional_user_labels');
  const id = str(labels, GATEWAY_REQUEST);
  return id !== undefined && id.length <= MAX_REQUEST_ID ? id : undefined;
}

function launchOf(
  request: Json | undefined,
  classic: Json | undefined,
  flex: Json | undefined,
): DataflowRequest['launches'] {
  if (flex !== undefined) return 'LaunchFlexTemplate';
  if (classic !== undefined) return 'LaunchTemplate';
  const named = text(request, 'gcsPath', 'gcs_path') !== undefined;
  return named && text(request, 'jobName', 'job_name') !== undefined ? 'CreateJobFromTemplate' : undefined;
}

function templateOf(request: Json | undefined, launch: Json | undefined): string | undefined {
  return (
    text(request, 'gcsPath', 'gcs_path') ??
    text(child(request, 'dynamicTemplate', 'dynamic_template'), 'gcsPath', 'gcs_path') ??
    text(launch, 'containerSpecGcsPath', 'container_spec_gcs_path') ??
    text(child(launch, 'containerSpec', 'container_spec'), 'image')
  );
}

const poolsOf = (environment: Json | undefined): readonly Json[] =>
  [...list(environment, 'workerPools'), ...list(environment, 'worker_pools')].filter(isObject);

function imageOf(environment: Json | undefined, options: Json | undefined): string | undefined {
  const keys = ['sdkContainerImage', 'sdk_container_image'];
  const chosen = text(environment, ...keys) ?? text(options, ...keys);
  if (chosen !== undefined) return chosen;
  for (const pool of poolsOf(environment)) {
    const image = text(pool, 'workerHarnessContainerImage', 'worker_harness_container_image');
    if (image !== undefined) return image;
  }
  return undefined;
}

function packagesOf(environment: Json | undefined): readonly string[] | undefined {
  const locations = poolsOf(environment)
    .flatMap((pool) => list(pool, 'packages').filter(isObject))
    .flatMap((item) => text(item, 'location') ?? [])
    .map(objectUri);
  return locations.length === 0 ? undefined : locations;
}

const STORAGE = 'storage.googleapis.com/';

/** `storage.googleapis.com/BUCKET/OBJECT` or `BUCKET.storage.googleapis.com/OBJECT` (environment.proto, Package) → `gs://BUCKET/OBJECT`. */
function objectUri(location: string): string {
  const end = location.indexOf('?');
  const plain = end < 0 ? location : location.slice(0, end);
  const at = plain.indexOf(STORAGE);
  if (at === 0) return `gs://${plain.slice(STORAGE.length)}`;
  const bucket = plain.slice(0, Math.max(at - 1, 0));
  const isHost = at > 0 && plain.charAt(at - 1) === '.' && !bucket.includes('/');
  return isHost ? `gs://${bucket}/${plain.slice(at + STORAGE.length)}` : plain;
}

function serviceAccountOf(
  request: Json | undefined,
  environment: Json | undefined,
  options: Json | undefined,
): string | undefined {
  return (
    text(request, 'serviceAccount', 'service_account', 'serviceAccountEmail', 'service_account_email') ??
    text(environment, 'serviceAccountEmail', 'service_account_email') ??
    text(options, 'serviceAccount', 'serviceAccountEmail', 'service_account_email')
  );
}

/** `environment.sdkPipelineOptions`: a Struct whose `options` are the pipeline options under their own names. */
function optionsOf(environment: Json | undefined): Json | undefined {
  const struct = child(environment, 'sdkPipelineOptions', 'sdk_pipeline_options');
  return obj(struct, 'options') ?? struct;
}

const scratch = (
  camel: string,
  snake: string,
  environment: Json | undefined,
  options: Json | undefined,
): string | undefined => text(environment, camel, snake) ?? text(options, camel, snake);

/** enum JobState of google/dataflow/v1beta3/jobs.proto by number, for entries that carry enums as numbers. */
const STATES = (
  'UNKNOWN STOPPED RUNNING DONE FAILED CANCELLED UPDATED DRAINING DRAINED PENDING CANCELLING QUEUED ' +
  'RESOURCE_CLEANING_UP PAUSING PAUSED'
).split(' ');
const STATE_PREFIX = 'JOB_STATE_';

function stateOf(object: Json | undefined): string | undefined {
  const value = own(object, 'requested_state') ?? own(object, 'requestedState');
  if (typeof value === 'number') return STATES[value];
  if (typeof value !== 'string' || value === '' || value.length > 64) return undefined;
  const state = value.toUpperCase();
  return state.startsWith(STATE_PREFIX) ? state.slice(STATE_PREFIX.length) : state;
}

function sdkOf(
  metadata: Json | undefined,
  environment: Json | undefined,
  launch: Json | undefined,
): string | undefined {
  const version = child(metadata, 'sdkVersion', 'sdk_version');
  const agent = child(environment, 'userAgent', 'user_agent');
  const name = text(version, 'versionDisplayName', 'version_display_name') ?? text(agent, 'name');
  const number = text(version, 'version') ?? text(agent, 'version');
  if (name !== undefined) return number === undefined ? name : `${name} ${number}`;
  const spec = child(launch, 'containerSpec', 'container_spec');
  return number ?? text(child(spec, 'sdkInfo', 'sdk_info'), 'language');
}
