/**
 * `jobtrail.observed.v1`: what an API listed when the scheduled poll asked it. A record tells a job in one state, or one
 * point of a metric. It holds nothing that changes while the state or the point does not, and not when it was asked: the
 * same answer makes the same record.
 */
import * as z from 'zod';

export const OBSERVED = 'jobtrail.observed.v1';

/** The lists that are polled, by resource. */
export const JOB_APIS = [
  'dataproc-jobs',
  'dataproc-batches',
  'dataproc-sessions',
  'dataflow-jobs',
  'databricks-runs',
] as const;
export type JobApi = (typeof JOB_APIS)[number];

const text = (max: number) => z.string().min(1).max(max);
/** RFC 3339 as the API writes it, with its own fraction; when it is read it becomes UTC with nanoseconds. */
const instant = z.iso.datetime({ offset: true });
const labels = z.record(z.string().max(128), z.string().max(128));

export const ObservedJob = z.strictObject({
  type: z.literal(OBSERVED),
  kind: z.literal('job'),
  api: z.enum(JOB_APIS),
  /** Google Cloud project and region or location that were asked; absent for Databricks. */
  project: text(128).optional(),
  location: text(128).optional(),
  /** Numeric id of the Databricks workspace. */
  workspace: text(64).optional(),
  /** Within project and location, or workspace. */
  id: text(255),
  /** Tells jobs apart that had one id one after the other. */
  uuid: text(128).optional(),
  /** The caller's own name for it. */
  name: text(4096).optional(),
  /** As the API spells it. */
  state: text(64),
  /** How it ended, where the API tells it apart from the state (Databricks: code of the termination). */
  result: text(64).optional(),
  /** When the state began; of a Databricks run that has not ended, when the run began. */
  time: instant,
  createTime: instant.optional(),
  startTime: instant.optional(),
  endTime: instant.optional(),
  /** States before this one, oldest first, as far as the API tells. */
  history: z
    .array(z.strictObject({ state: text(64), time: instant.optional() }))
    .max(64)
    .optional(),
  /** Who created it, as the API states it. */
  creator: text(1024).optional(),
  /** Who owns the session. */
  user: text(1024).optional(),
  /** Service account, or whom a Databricks run runs as. */
  runAs: text(1024).optional(),
  cluster: text(256).optional(),
  clusterUuid: text(128).optional(),
  /** Engine of the work: `pyspark`, `JOB_TYPE_STREAMING`. */
  jobType: text(64).optional(),
  /** URI or class that is run, without a query string. */
  mainFile: text(2048).optional(),
  /** Where the driver's output is. */
  driverOutput: text(2048).optional(),
  /** Long-running operation that created it. */
  operation: text(1024).optional(),
  /** Token that the caller gave with the request, so that it is made once. */
  requestToken: text(256).optional(),
  /** Definition of a Databricks job, or the Dataflow job that this one took the place of. */
  definition: text(64).optional(),
  replaces: text(255).optional(),
  /** First attempt, where this run repeats one. */
  retries: text(64).optional(),
  trigger: text(64).optional(),
  runType: text(64).optional(),
  /** Ids of the YARN applications that the job spawned. */
  applications: z.array(text(64)).max(64).optional(),
  labels: labels.optional(),
});
export type ObservedJob = z.infer<typeof ObservedJob>;

export const ObservedMetric = z.strictObject({
  type: z.literal(OBSERVED),
  kind: z.literal('metric'),
  /** Project whose metrics were asked for. */
  project: text(128),
  /** `logging.googleapis.com/exports/log_entry_count`. */
  metric: text(256),
  metricLabels: labels.optional(),
  /** Monitored resource: `logging_sink`, `pubsub_subscription`. */
  resource: text(128),
  resourceLabels: z.record(z.string().max(128), z.string().max(2048)),
  /** What one point is of the samples in its interval: `ALIGN_SUM`, `ALIGN_MAX`. */
  aligner: text(32),
  periodSeconds: text(8),
  startTime: instant.optional(),
  /** End of the point's interval. */
  time: instant,
  /** Decimal digits of an INT64, or a DOUBLE as JSON writes it. */
  value: text(32),
});
export type ObservedMetric = z.infer<typeof ObservedMetric>;

export const ObservedRecord = z.discriminatedUnion('kind', [ObservedJob, ObservedMetric]);
export type ObservedRecord = z.infer<typeof ObservedRecord>;
