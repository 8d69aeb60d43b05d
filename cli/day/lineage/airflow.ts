/** What Airflow tells by OpenLineage of the tasks that start the company's jobs: the runs that those of Spark belong to. */
import { AIRFLOW_NAMESPACE } from '../company.ts';
import type { Json, RecordDraft } from '../entry.ts';
import type { Scene } from '../scene.ts';
import type { ParentRun } from './spark.ts';

const PRODUCER = 'https://github.com/apache/airflow/tree/providers-openlineage/2.7.0';
const RUN_EVENT = 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent';

export interface Task {
  readonly dag: string;
  readonly task: string;
  readonly at: number;
  readonly endsAt: number;
  readonly failed: boolean;
}

/** The task's run, and its events at both ends. */
export function airflowTask(
  scene: Scene,
  task: Task,
): { readonly run: ParentRun; readonly events: readonly RecordDraft[] } {
  const name = `${task.dag}.${task.task}`;
  const run: ParentRun = { runId: scene.random.uuid(), namespace: AIRFLOW_NAMESPACE, name };
  const dagRun = scene.random.uuid();
  const schema = { _producer: PRODUCER, _schemaURL: RUN_EVENT };
  const facets: Json = {
    parent: {
      ...schema,
      run: { runId: dagRun },
      job: { namespace: AIRFLOW_NAMESPACE, name: task.dag },
    },
    processing_engine: {
      ...schema,
      name: 'Airflow',
      version: '3.1.3',
      openlineageAdapterVersion: '2.7.0',
    },
    nominalTime: { ...schema, nominalStartTime: `${scene.date}T00:00:00Z` },
  };
  const event = (at: number, eventType: string): RecordDraft => ({
    at,
    to: 'openlineage',
    text: JSON.stringify({
      // Python writes an offset where Java writes Z.
      eventTime: new Date(scene.midnight + Math.floor(at)).toISOString().replace('Z', '+00:00'),
      producer: PRODUCER,
      schemaURL: RUN_EVENT,
      eventType,
      run: { runId: run.runId, facets },
      job: {
        namespace: AIRFLOW_NAMESPACE,
        name,
        facets: {
          jobType: { ...schema, processingType: 'BATCH', integration: 'AIRFLOW', jobType: 'TASK' },
          ownership: { ...schema, owners: [{ name: 'team:data-platform', type: 'MAINTAINER' }] },
        },
      },
      inputs: [],
      outputs: [],
    }),
  });
  return {
    run,
    events: [event(task.at, 'START'), event(task.endsAt, task.failed ? 'FAIL' : 'COMPLETE')],
  };
}
