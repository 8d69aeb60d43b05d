/** The generation of BigQuery's entries before (`serviceData` with AuditData), which is still written beside the current one. */
import { audit } from '../audit.ts';
import type { Draft } from '../entry.ts';
import type { Scene } from '../scene.ts';
import { requestTimeOf } from './access.ts';
import type { Access } from './access.ts';
import type { Table } from './bigquery.ts';

export function olderQueryCompleted(
  scene: Scene,
  by: Access,
  at: number,
  job: { readonly id: string; readonly table: Table },
): Draft {
  const { project, dataset, table } = job.table;
  const iso = (ms: number): string => new Date(scene.midnight + ms).toISOString();
  return audit({
    at,
    to: 'bigquery',
    project: by.project.id,
    log: 'data_access',
    service: 'bigquery.googleapis.com',
    method: 'jobservice.jobcompleted',
    caller: by.caller,
    requestTime: requestTimeOf(scene, at),
    resourceName: `projects/${by.project.id}/jobs/${job.id}`,
    resource: { type: 'bigquery_resource', labels: { project_id: by.project.id } },
    serviceData: {
      '@type': 'type.googleapis.com/google.cloud.bigquery.logging.v1.AuditData',
      jobCompletedEvent: {
        eventName: 'query_job_completed',
        job: {
          jobName: { projectId: by.project.id, jobId: job.id, location: 'europe-west1' },
          jobConfiguration: { query: { statementType: 'SELECT', queryPriority: 'QUERY_INTERACTIVE' } },
          jobStatus: { state: 'DONE', error: {} },
          jobStatistics: {
            createTime: iso(at - 8000),
            startTime: iso(at - 7800),
            endTime: iso(at),
            totalProcessedBytes: '6059419081',
            referencedTables: [{ projectId: project, datasetId: dataset, tableId: table }],
          },
        },
      },
    },
  });
}
