/** A call of a job API on whichever way its caller goes. */
import { CALLERS } from '../callers.ts';
import type { CallerName } from '../callers.ts';
import type { Draft } from '../entry.ts';
import { throughGateway } from '../kong/calls.ts';
import { apiInMesh } from '../scene.ts';
import type { HttpCall, Route, Scene } from '../scene.ts';

type ApiRequest = Omit<HttpCall, 'from' | 'to' | 'userAgent'> & { readonly gatewayLateMs?: number };

/** Nothing for a call that goes around everything. */
export function apiRequest(scene: Scene, caller: CallerName, via: Route, call: ApiRequest): readonly Draft[] {
  switch (via) {
    case 'direct':
      return [];
    case 'mesh':
    case 'mesh-grpc':
      return apiInMesh(scene, CALLERS[caller], call);
    case 'gateway':
    case 'gateway-in-mesh':
      return throughGateway(scene, { ...call, caller, inMesh: via === 'gateway-in-mesh' });
  }
}

/** Whether the client took part: it was asked by a proxy or the gateway under a request id, and hands that on. */
export const handsRequestIdOn = (via: Route): boolean => via !== 'direct';
