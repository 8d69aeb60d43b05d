/**
 * What the mix is made of. Of every hundred entries, 60 are of mesh and gateway, 25 of data access, 10 of jobs, 5 of the
 * control plane; within these classes all sources, the frequent ones of a data platform most.
 */
import type { Random } from '../../cli/day/random.ts';
import { iamEntries, loggingEntries, platformEntries } from './control-entries.ts';
import { bigqueryEntries, pubsubEntries, spannerEntries, storageEntries } from './data-access-entries.ts';
import { databricksEntries } from './databricks-entries.ts';
import {
  dataflowJobEntries,
  dataprocAdminEntries,
  dataprocJobEntries,
  jobReadEntries,
  runtimeEntries,
} from './dataproc-entries.ts';
import { gatewayEntries } from './gateway-entries.ts';
import { kubernetesEntries } from './kubernetes-entries.ts';
import { lineageEntries } from './lineage-entries.ts';
import { meshEntries } from './mesh-entries.ts';
import type { Population } from './population.ts';

export type MixClass = 'mesh' | 'data' | 'job' | 'control';

export interface Part {
  readonly class: MixClass;
  /** In percent of the mix; halves at the finest. */
  readonly share: number;
  /** Calls that are told apart by more than their ids. */
  readonly variety: number;
  /** The texts of the entries of one call, with marks where each has values of its own. */
  readonly make: (random: Random, people: Population) => readonly string[];
}

export const PARTS = {
  mesh: { class: 'mesh', share: 45, variety: 400, make: meshEntries },
  gateway: { class: 'mesh', share: 15, variety: 300, make: gatewayEntries },
  storage: { class: 'data', share: 9, variety: 200, make: storageEntries },
  bigquery: { class: 'data', share: 8, variety: 200, make: bigqueryEntries },
  spanner: { class: 'data', share: 4, variety: 100, make: spannerEntries },
  pubsub: { class: 'data', share: 1, variety: 50, make: pubsubEntries },
  'job reads': { class: 'data', share: 3, variety: 100, make: jobReadEntries },
  'Dataproc jobs': { class: 'job', share: 4, variety: 200, make: dataprocJobEntries },
  'Dataflow jobs': { class: 'job', share: 1, variety: 50, make: dataflowJobEntries },
  databricks: { class: 'job', share: 3, variety: 150, make: databricksEntries },
  openlineage: { class: 'job', share: 1, variety: 60, make: lineageEntries },
  runtime: { class: 'job', share: 1, variety: 60, make: runtimeEntries },
  iam: { class: 'control', share: 2, variety: 80, make: iamEntries },
  kubernetes: { class: 'control', share: 1, variety: 50, make: kubernetesEntries },
  platform: { class: 'control', share: 1, variety: 50, make: platformEntries },
  logging: { class: 'control', share: 0.5, variety: 30, make: loggingEntries },
  'Dataproc changes': { class: 'control', share: 0.5, variety: 50, make: dataprocAdminEntries },
} as const satisfies Readonly<Record<string, Part>>;
export type PartName = keyof typeof PARTS;
