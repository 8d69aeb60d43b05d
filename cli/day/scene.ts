/** The day as the flows see it: its date, its clock and a generator of their own. */
import { CALLERS } from './callers.ts';
import type { Caller, CallerName } from './callers.ts';
import { PROJECTS } from './company.ts';
import type { Project, ProjectName, Workload } from './company.ts';
import type { Call, Ending } from './dataproc/audit.ts';
import { HOUR, MINUTE, nanoTime } from './entry.ts';
import type { Draft } from './entry.ts';
import { meshCall } from './mesh/access-log.ts';
import type { Refusal } from './mesh/access-log.ts';
import { egressRecord } from './mesh/egress-log.ts';
import type { Random } from './random.ts';

export interface Scene {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** Epoch milliseconds of the date's midnight, UTC. */
  readonly midnight: number;
  readonly random: Random;
}

/**
 * How a request got on its way: through a proxy of the mesh, as HTTP or gRPC; through the gateway alone, or through the
 * gateway inside the mesh; or around both.
 */
export type Route = 'mesh' | 'mesh-grpc' | 'gateway' | 'gateway-in-mesh' | 'direct';

/** `HH:MM` or `HH:MM:SS` as milliseconds since midnight. */
export function clock(time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  return hours * HOUR + minutes * MINUTE + seconds * 1000;
}

/** The scene of one named thing, with numbers that depend on its name alone. */
export const sceneOf = (scene: Scene, name: string): Scene => ({ ...scene, random: scene.random.fork(name) });

/** A job's own: the same for the same job on any day. */
export const planScene = (scene: Scene, { id }: { readonly id: string }): Scene =>
  sceneOf(scene, id.replace(scene.date.replaceAll('-', ''), ''));

export function callOf(
  scene: Scene,
  at: number,
  caller: CallerName | Caller,
  project: ProjectName | Project,
  options: { readonly denied?: boolean; readonly lateByMs?: number } = {},
): Call {
  return {
    at,
    requestTime: nanoTime(scene.midnight + at + scene.random.int(2, 40), scene.random),
    caller: typeof caller === 'string' ? CALLERS[caller] : caller,
    project: typeof project === 'string' ? PROJECTS[project] : project,
    ...options,
  };
}

export function endingOf(scene: Scene, at: number, afterMs: number, error?: string): Ending {
  return {
    operationId: scene.random.uuid(),
    afterMs,
    requestTime: nanoTime(scene.midnight + at + afterMs, scene.random),
    // Services differ, and one service differs by day: the entry that ends an operation need not say who began it.
    namesCaller: scene.random.chance(0.6),
    ...(error === undefined ? {} : { error }),
  };
}

export interface HttpCall {
  readonly at: number;
  readonly from: Workload;
  readonly to?: Workload;
  readonly method: 'GET' | 'POST' | 'DELETE' | 'PATCH';
  readonly url: string;
  readonly status: number;
  readonly userAgent: string;
  readonly requestId?: string;
  readonly refusedBy?: Refusal;
  readonly protocol?: 'http' | 'grpc';
}

/** One request in the mesh, the details drawn: the caller's record and the callee's. */
export function inMesh({ random }: Scene, call: HttpCall): readonly Draft[] {
  const refused = call.refusedBy !== undefined;
  return meshCall({
    ...call,
    userAgent: call.userAgent.replace(',gzip(gfe)', ''),
    requestId: call.requestId ?? random.uuid(),
    traceId: random.hex(32),
    spanIds: [random.hex(16), random.hex(16)],
    requestSize: String(call.method === 'GET' ? random.int(980, 1400) : random.int(1900, 4200)),
    responseSize: String(refused ? 338 : random.int(760, 5200)),
    latencyMs: refused ? random.int(1, 3) : random.int(45, 900),
    connection: String(random.int(1200, 98_000)),
  });
}

/** A call of a Google API by a caller's workload, through the egress gateway; nothing for a caller outside the mesh. */
export function apiInMesh(
  scene: Scene,
  caller: Caller,
  call: Omit<HttpCall, 'from' | 'userAgent'>,
): readonly Draft[] {
  const { workload: from, signedIn } = caller;
  if (from === undefined) return [];
  const requestId = call.requestId ?? scene.random.uuid();
  const sidecars = inMesh(scene, { ...call, requestId, from, userAgent: caller.userAgent });
  if (signedIn === undefined || call.refusedBy !== undefined) return sidecars;
  const at = call.at + 2;
  return [
    ...sidecars,
    egressRecord({ ...call, at, startedAt: scene.midnight + Math.floor(at), from, requestId, signedIn }),
  ];
}
