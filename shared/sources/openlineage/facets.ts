/** Short scalars that facets of runs and jobs tell, as claims. */
import { obj, own, str, type Json } from '../fields.ts';

export type Claims = Record<string, string | number | boolean>;

const MAX_CLAIM = 256;

/** First of several keys with a text or a number. */
export function anyText(object: Json | undefined, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = own(object, key);
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  }
  return undefined;
}

export function claim(claims: Claims, key: string, value: string | undefined): void {
  if (value === undefined) return;
  claims[key] = value.length > MAX_CLAIM ? `${value.slice(0, MAX_CLAIM).toWellFormed()}…` : value;
}

/** No SQL, no source code, no properties of Spark: facets hold those too. */
export function facetClaims(claims: Claims, run: Json | undefined, job: Json | undefined): void {
  const facets = obj(run, 'facets');
  const jobFacets = obj(job, 'facets');
  const type = obj(jobFacets, 'jobType');
  claim(claims, 'integration', str(type, 'integration'));
  claim(claims, 'jobType', str(type, 'jobType'));
  const engine = obj(facets, 'processing_engine');
  claim(claims, 'engine', str(engine, 'name'));
  claim(claims, 'engineVersion', str(engine, 'version'));
  airflowClaims(claims, facets);
  sparkClaims(claims, facets);
  const dbt = obj(facets, 'dbt_run') ?? obj(facets, 'dbt_version');
  claim(claims, 'dbtInvocation', str(dbt, 'invocation_id'));
  const query = obj(facets, 'externalQuery');
  claim(claims, 'externalQuery', str(query, 'externalQueryId'));
  claim(claims, 'externalQuerySource', str(query, 'source'));
  const code = obj(jobFacets, 'sourceCodeLocation');
  claim(claims, 'codeUrl', str(code, 'url'));
  claim(claims, 'codeVersion', str(code, 'version'));
}

function airflowClaims(claims: Claims, facets: Json | undefined): void {
  const airflow = obj(facets, 'airflow');
  const dagRun = obj(airflow, 'dagRun') ?? obj(obj(facets, 'airflowDagRun'), 'dagRun');
  claim(claims, 'dag', str(dagRun, 'dag_id'));
  claim(claims, 'dagRun', str(dagRun, 'run_id'));
  claim(claims, 'dagRunType', str(dagRun, 'run_type'));
  claim(claims, 'task', str(obj(airflow, 'task'), 'task_id'));
  claim(claims, 'attempt', anyText(obj(airflow, 'taskInstance'), ['try_number']));
}

function sparkClaims(claims: Claims, facets: Json | undefined): void {
  const dataproc = obj(facets, 'gcp_dataproc') ?? obj(facets, 'gcp_dataproc_spark');
  const details = obj(facets, 'spark_applicationDetails');
  claim(claims, 'application', str(dataproc, 'appId') ?? str(details, 'applicationId'));
  claim(claims, 'cluster', str(dataproc, 'clusterName'));
  claim(claims, 'clusterUuid', str(dataproc, 'clusterUuid'));
  claim(claims, 'jobUuid', anyText(dataproc, ['jobUuid', 'batchUuid', 'sessionUuid']));
  claim(claims, 'node', str(dataproc, 'queryNodeName'));
}
