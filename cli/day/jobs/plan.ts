/** What a job of the day is, before it is told. */
import type { CallerName } from '../callers.ts';
import type { CLUSTERS, ProjectName } from '../company.ts';
import type { Json } from '../entry.ts';
import type { Route } from '../scene.ts';

interface Common {
  /** Job, batch or pipeline name. */
  readonly id: string;
  /** `HH:MM:SS`, UTC. */
  readonly at: string;
  readonly caller: CallerName;
  readonly via: Route;
  readonly minutes: number;
  readonly labels?: Json;
  /** Whoever handed the request on wrote its id on the job, in the label `gw-request-id`. */
  readonly tagged?: true;
  /** How long the gateway's own record of the request was under way. */
  readonly gatewayLateMs?: number;
  /** It is given the header by which Cloud Storage's entries name it. */
  readonly named?: true;
  /** `refused-by-mesh`: the proxy said no, so the API never heard of it. */
  readonly end?: 'done' | 'failed' | 'cancelled' | 'denied' | 'refused-by-mesh';
}

export interface ClusterJobPlan extends Common {
  readonly kind: 'job';
  readonly project: keyof typeof CLUSTERS;
  readonly work: Json;
  /** SubmitJobAsOperation, whose operation lasts as long as the job. */
  readonly asOperation?: true;
  /** Number of its application on the cluster, where another one began in the same minute. */
  readonly application?: number;
  /** What its script reads besides, and no argument says. */
  readonly alsoReads?: readonly string[];
}

export interface BatchPlan extends Common {
  readonly kind: 'batch';
  readonly project: ProjectName;
  readonly work: Json;
}

export interface DataflowPlan extends Common {
  readonly kind: 'classic' | 'flex';
  readonly project: ProjectName;
  readonly template: string;
  readonly parameters: Json;
  /** Runs on after the day is over. */
  readonly streaming?: true;
  /** Lines of user code, by their step. */
  readonly lines: readonly { readonly step: string; readonly logger: string; readonly message: string }[];
}

export type Plan = ClusterJobPlan | BatchPlan | DataflowPlan;

const CODE = 'gs://acme-code';

export const pyspark = (script: string, args: readonly string[], properties: Json = {}): Json => ({
  pysparkJob: {
    mainPythonFileUri: `${CODE}/${script}`,
    args,
    pythonFileUris: [`${CODE}/lib/acme_data-4.2.0.zip`],
    properties: { 'spark.executor.memory': '4g', 'spark.executor.cores': '2', ...properties },
  },
});

export const pysparkBatch = (script: string, args: readonly string[]): Json => ({
  pysparkBatch: {
    mainPythonFileUri: `${CODE}/${script}`,
    args,
    pythonFileUris: [`${CODE}/lib/acme_data-4.2.0.zip`],
  },
});

export const sparkSql = (...queries: readonly string[]): Json => ({
  sparkSqlJob: { queryList: { queries }, properties: { 'spark.sql.shuffle.partitions': '64' } },
});

export const hive = (...queries: readonly string[]): Json => ({
  hiveJob: { queryList: { queries }, continueOnFailure: false },
});

/** The property by which the connector attaches a job's id to its requests to Cloud Storage. */
export const auditHeader = (job: string): Json => ({
  'spark.hadoop.fs.gs.http.headers.x-goog-custom-audit-jobtrail-job': job,
});

/** Work on a cluster whose requests to Cloud Storage name its job. */
export function namedInStorage(work: Json, job: string): Json {
  return Object.fromEntries(
    Object.entries(work).map(([kind, body]): [string, Json] => {
      const told: Json = isJson(body) ? body : {};
      const properties = told['properties'];
      return [
        kind,
        { ...told, properties: { ...(isJson(properties) ? properties : {}), ...auditHeader(job) } },
      ];
    }),
  );
}

const isJson = (value: Json[string] | undefined): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The task of Airflow that starts a job: jobs of one day and of one hour have the date in their names. */
export function taskOf(plan: Pick<Common, 'id' | 'labels'>): { readonly dag: string; readonly task: string } {
  const pipeline = plan.labels?.['pipeline'];
  return {
    dag: typeof pipeline === 'string' ? pipeline : 'maintenance',
    task: plan.id.replace(/-\d{8}(-\d{2})?$/, '').replaceAll('-', '_'),
  };
}
