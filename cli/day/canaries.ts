/**
 * What the canary function sends along the paths of the day (docs/sources/canary.md), and what comes back: entries in the logs of
 * canaries, and the hops' own records of probes.
 */
import { hash } from 'node:crypto';
import { CANARY_LOG } from '../../schemas/canary.ts';
import { probePath, signCanary } from '../../shared/corroboration/health/canary.ts';
import { GKE, PROJECTS, WORKLOADS } from './company.ts';
import { MINUTE, logNameOf } from './entry.ts';
import type { Draft, Subscription } from './entry.ts';
import { SERVICES } from './kong/entities.ts';
import { gatewayRecord } from './kong/record.ts';
import { egressRecord } from './mesh/egress-log.ts';
import { inMesh, sceneOf } from './scene.ts';
import type { Scene } from './scene.ts';

/** Of an invented company: derived from a name, so that the repository holds no secret. */
export const CANARY_KEY = hash('sha256', 'the invented company’s key of canaries', 'base64url');
export const CANARY_MINUTES = 30;
/** How long after midnight the last are sent: what happened late in the day is decided by them. */
const UNTIL = 25.5 * 60 * MINUTE;

export const GATEWAY_PATH = `kong/${GKE.cluster}`;
const EGRESS_PATH = `istio/${GKE.cluster}/gateway`;
const SIDECAR_PATHS = [`istio/${GKE.cluster}/client`, `istio/${GKE.cluster}/server`] as const;
export const MESH_PATHS = [...SIDECAR_PATHS, EGRESS_PATH] as const;
/** Sources of Cloud Logging whose canaries are entries. */
export const LOGGED_PATHS = ['dataproc', 'dataflow'] as const satisfies readonly Subscription[];

const PROBE_AGENT = 'jobtrail-canary';

function logged(scene: Scene, at: number, path: (typeof LOGGED_PATHS)[number]): Draft {
  return {
    at,
    to: path,
    logName: logNameOf(PROJECTS.mesh.id, `${CANARY_LOG}${path}`),
    resource: { type: 'global', labels: { project_id: PROJECTS.mesh.id } },
    payload: { jsonPayload: { ...canaryAt(scene, at, path) } },
  };
}

const canaryAt = (scene: Scene, at: number, path: string) =>
  signCanary(
    {
      path,
      nonce: hash('sha256', `${path} ${scene.date} ${at}`, 'base64url').slice(0, 22),
      sentAt: `${new Date(scene.midnight + at).toISOString().slice(0, 19)}Z`,
    },
    CANARY_KEY,
  );

function probed(scene: Scene, at: number): readonly Draft[] {
  const { random, midnight } = scene;
  const uriOf = (path: string): string => probePath(canaryAt(scene, at, path));
  const gateway = gatewayRecord({
    at: at + 300,
    startedAt: midnight + at + 300,
    method: 'GET',
    service: SERVICES.lineage,
    uri: uriOf(GATEWAY_PATH),
    status: 404,
    refused: true,
    clientIp: WORKLOADS.lineage.ip,
    userAgent: PROBE_AGENT,
    requestId: random.hex(32),
    latencyMs: 0,
  });
  const mesh = SIDECAR_PATHS.flatMap((path) =>
    inMesh(scene, {
      at: at + 400,
      from: WORKLOADS.portal,
      to: WORKLOADS.lineage,
      method: 'GET',
      url: `http://lineage-api.metadata.svc.cluster.local:8080${uriOf(path)}`,
      status: 404,
      userAgent: PROBE_AGENT,
    }),
  );
  const egress = egressRecord({
    at: at + 500,
    startedAt: midnight + at + 500,
    from: WORKLOADS.portal,
    method: 'GET',
    url: `http://istio-egressgateway.istio-egress.svc.cluster.local:8080${uriOf(EGRESS_PATH)}`,
    status: 404,
    requestId: random.uuid(),
  });
  return [gateway, ...mesh, egress];
}

export function canaries(scene: Scene): readonly Draft[] {
  const own = sceneOf(scene, 'canaries');
  const drafts: Draft[] = [];
  for (let at = 0; at <= UNTIL; at += CANARY_MINUTES * MINUTE) {
    drafts.push(...LOGGED_PATHS.map((path) => logged(own, at, path)), ...probed(own, at));
  }
  return drafts;
}
