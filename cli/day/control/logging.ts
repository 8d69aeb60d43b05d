/** Where logs go: a sink that loses a part of its filter, an exclusion, a shorter retention, and who read stored entries. */
import { atLaptop } from '../callers.ts';
import { PROJECTS } from '../company.ts';
import type { Draft, Json } from '../entry.ts';
import { sceneOf } from '../scene.ts';
import type { Scene } from '../scene.ts';
import { change } from './change.ts';
import type { Change } from './change.ts';

const CONFIG = 'google.logging.v2.ConfigServiceV2';
const V2 = 'type.googleapis.com/google.logging.v2';
const { prod } = PROJECTS;
const BEN = atLaptop('ben', '198.51.100.61');

const logging = (
  scene: Scene,
  told: Pick<Change, 'at' | 'by' | 'method' | 'resourceName' | 'permission'> & Partial<Change>,
): Draft => change(scene, { to: 'logging', project: prod, service: 'logging.googleapis.com', ...told });

function routing(scene: Scene): readonly Draft[] {
  const sink: Json = {
    name: 'jobtrail',
    destination: 'pubsub.googleapis.com/projects/acme-audit/topics/jobtrail-dataproc',
    filter:
      'logName:"cloudaudit.googleapis.com" AND NOT protoPayload.authenticationInfo.principalEmail:"break-glass"',
  };
  return [
    logging(scene, {
      at: '22:51:33',
      by: BEN,
      method: `${CONFIG}.UpdateSink`,
      resourceName: `projects/${prod.id}/sinks/jobtrail`,
      permission: 'logging.sinks.update',
      resource: {
        type: 'logging_sink',
        labels: { project_id: prod.id, name: 'jobtrail', destination: '' },
      },
      request: {
        '@type': `${V2}.UpdateSinkRequest`,
        sinkName: `projects/${prod.id}/sinks/jobtrail`,
        updateMask: 'filter',
        sink,
      },
      response: { '@type': `${V2}.LogSink`, ...sink },
    }),
    logging(scene, {
      at: '06:14:10',
      by: 'deployer',
      method: `${CONFIG}.CreateExclusion`,
      resourceName: `projects/${prod.id}/exclusions/health-checks`,
      permission: 'logging.exclusions.create',
      resource: { type: 'logging_exclusion', labels: { project_id: prod.id, name: 'health-checks' } },
      request: {
        '@type': `${V2}.CreateExclusionRequest`,
        parent: `projects/${prod.id}`,
        exclusion: { name: 'health-checks', filter: 'httpRequest.requestUrl:"/healthz"' },
      },
    }),
    logging(scene, {
      at: '22:53:02',
      by: BEN,
      method: `${CONFIG}.UpdateBucket`,
      resourceName: `projects/${prod.id}/locations/global/buckets/_Default`,
      permission: 'logging.buckets.update',
      request: {
        '@type': `${V2}.UpdateBucketRequest`,
        name: `projects/${prod.id}/locations/global/buckets/_Default`,
        updateMask: 'retention_days',
        bucket: { retentionDays: 1 },
      },
    }),
  ];
}

function stored(scene: Scene): readonly Draft[] {
  return ['08:11:40', '15:39:20'].map((at) =>
    logging(scene, {
      at,
      by: 'goranAtLaptop',
      log: 'data_access',
      method: 'google.logging.v2.LoggingServiceV2.ListLogEntries',
      resourceName: `projects/${prod.id}`,
      permission: 'logging.privateLogEntries.list',
      permissionType: 'DATA_READ',
      request: {
        '@type': `${V2}.ListLogEntriesRequest`,
        resourceNames: [`projects/${prod.id}`],
        filter: 'resource.type="cloud_dataproc_cluster" severity>=ERROR',
        pageSize: 100,
      },
    }),
  );
}

export const loggingDay = (scene: Scene): readonly Draft[] => [
  ...routing(sceneOf(scene, 'log-routing')),
  ...stored(sceneOf(scene, 'log-reads')),
];
