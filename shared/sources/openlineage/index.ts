/**
 * OpenLineage: events of runs, jobs and datasets that Spark, Airflow, Flink, dbt and others send by HTTP or Pub/Sub.
 * What becomes of each: docs/sources/openlineage.md.
 */
import type { Source } from '../source.ts';
import { adopt, LOG_NAME } from './adopt.ts';
import { METHODS, normaliseEvent } from './event.ts';

export const openlineage: Source = {
  name: 'openlineage',
  version: 1,
  methods: METHODS,
  owns: (entry) => entry.logName === LOG_NAME,
  adopt,
  normalise: normaliseEvent,
};
