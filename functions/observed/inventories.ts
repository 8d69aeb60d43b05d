/** The inventories that `observe` of the configuration names, each with the client of its API. */
import type { Observe } from '../../schemas/config.ts';
import { JobtrailError } from '../../shared/errors.ts';
import { createApiClient, type ApiClient, type ApiLimits } from '../../shared/observed/api-client.ts';
import { databricksRuns } from '../../shared/observed/databricks-runs.ts';
import { dataflowJobs } from '../../shared/observed/dataflow-jobs.ts';
import { dataprocJobs } from '../../shared/observed/dataproc-jobs.ts';
import { dataprocBatches, dataprocSessions } from '../../shared/observed/dataproc-serverless.ts';
import type { Inventory } from '../../shared/observed/inventory.ts';
import { metricPoints } from '../../shared/observed/metrics.ts';
import type { ObserveEnvironment } from './environment.ts';

export interface Access {
  readonly urls: ObserveEnvironment['urls'];
  readonly maxPages: number;
  /** Access token for Google's APIs. */
  readonly googleToken: () => Promise<string | null | undefined>;
  /** Access token of a workspace, by its `tokenFrom`. */
  readonly databricksToken: (tokenFrom: string) => Promise<string>;
  readonly limits?: Partial<ApiLimits>;
}

/** @throws JobtrailError `config-invalid` for a workspace whose token would cross the network in the clear. */
export function inventoriesOf(observe: Observe, access: Access): readonly Inventory[] {
  const { urls, maxPages, limits = {} } = access;
  // Whatever answers in the place of Google gets no token of Google's.
  const google = (name: string, url: string | undefined): ApiClient =>
    createApiClient({
      name,
      baseUrl: url ?? `https://${name}.googleapis.com`,
      accessToken: url === undefined ? access.googleToken : () => Promise.resolve(undefined),
      limits,
    });
  const dataproc = { client: google('dataproc', urls.dataproc), maxPages };
  const dataflow = { client: google('dataflow', urls.dataflow), maxPages };
  const monitoring = { client: google('monitoring', urls.monitoring), maxPages };
  return [
    ...observe.dataproc.flatMap(({ project, regions }) =>
      regions.flatMap((region) => [
        dataprocJobs(dataproc, project, region),
        dataprocBatches(dataproc, project, region),
        dataprocSessions(dataproc, project, region),
      ]),
    ),
    ...observe.dataflow.flatMap(({ project, locations }) =>
      (locations ?? [undefined]).map((location) => dataflowJobs(dataflow, project, location)),
    ),
    ...observe.databricks.map(({ workspace, url, tokenFrom }) => {
      const client = createApiClient({
        name: `databricks ${workspace}`,
        baseUrl: safely(url),
        accessToken: () => access.databricksToken(tokenFrom),
        limits,
      });
      return databricksRuns({ client, maxPages }, workspace);
    }),
    ...observe.metrics.map((project) => metricPoints(monitoring, project)),
  ];
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

function safely(url: string): string {
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:' || LOOPBACK.has(hostname)) return url;
  throw new JobtrailError(
    'config-invalid',
    `observe.databricks: ${hostname} would be sent its access token unencrypted.`,
    'Give the URL of the workspace with https://.',
  );
}
