/**
 * Two hours in which the gateway let calls through and nothing of it reached Cloud Logging: its node's logging agent was down. The
 * proxies in front of it went on recording.
 */
import { WORKLOADS } from '../company.ts';
import { MINUTE } from '../entry.ts';
import type { Draft, Told } from '../entry.ts';
import { clock, inMesh } from '../scene.ts';
import type { Scene } from '../scene.ts';
import { gatewayContainer } from './record.ts';

const SILENT = { from: clock('13:02'), until: clock('15:02') } as const;

/** What the gateway's container printed then, which nobody has. */
export const isLost = (told: Told): boolean =>
  'resource' in told &&
  told.resource === gatewayContainer &&
  told.at >= SILENT.from &&
  told.at < SILENT.until;

/** What came to it meanwhile from inside the mesh: questions of the catalogue agent. */
export const heardBeside = (scene: Scene): readonly Draft[] =>
  Array.from({ length: 12 }, (_, i) =>
    inMesh(scene, {
      at: SILENT.from + i * 10 * MINUTE + scene.random.int(0, 8 * MINUTE),
      from: WORKLOADS.catalogAgent,
      to: WORKLOADS.kong,
      method: 'GET',
      url: 'http://kong-gateway.kong.svc.cluster.local:8080/v1/jobs?state=running&pageSize=20',
      status: 200,
      userAgent: 'python-httpx/0.28.1',
    }),
  ).flat();
