/** Calls of the job APIs through the gateway, by those who come that way: agents, the partner, CI. */
import { CALLERS } from '../callers.ts';
import type { CallerName } from '../callers.ts';
import { CONSUMERS, GITHUB_ISSUER, LOGIN, REPOSITORY, WORKLOADS } from '../company.ts';
import type { Draft, Json } from '../entry.ts';
import { inMesh } from '../scene.ts';
import type { HttpCall, Scene } from '../scene.ts';
import { SERVICES } from './entities.ts';
import type { Consumer, Service } from './entities.ts';
import { gatewayRecord } from './record.ts';

interface Passenger {
  readonly consumer: Consumer;
  readonly credential: string;
  readonly tokenClaims?: Json;
}

/** How the gateway knows who calls. The rest has no consumer. */
const PASSENGERS: Partial<Record<CallerName, Passenger>> = {
  // The token that the login service exchanged for Ana's when she started the agent (RFC 8693).
  pricingAgentForAna: {
    consumer: CONSUMERS.pricingAgent,
    credential: '0a7d3c52-8a5b-4d4e-9f53-6b3e9b6a3f77',
    tokenClaims: {
      iss: LOGIN,
      sub: 'ana@example.com',
      aud: 'https://jobs.example.com',
      act: { sub: 'pricing-agent' },
      scope: 'jobs:submit',
    },
  },
  catalogAgent: {
    consumer: CONSUMERS.catalogAgent,
    credential: '41e6d0b9-2f7c-4a38-95d1-c3b8e7f60a88',
  },
  partnerSync: {
    consumer: CONSUMERS.partnerSync,
    credential: '93c5a1e7-6d0b-4f2e-8b74-1a9c5e3d7f99',
  },
  github: {
    consumer: CONSUMERS.ci,
    credential: '58d2f7a4-0e9b-4c61-b3f5-7e1d8a6c2baa',
    tokenClaims: {
      iss: GITHUB_ISSUER,
      sub: `repo:${REPOSITORY}:ref:refs/heads/main`,
      repository: REPOSITORY,
      ref: 'refs/heads/main',
      workflow: 'deploy',
      actor: 'chiara-acme',
      environment: 'staging',
    },
  },
};

const serviceOf = (host: string): Service =>
  host === SERVICES.dataflow.host ? SERVICES.dataflow : SERVICES.dataproc;

interface Passage extends Omit<HttpCall, 'from' | 'to' | 'userAgent' | 'protocol' | 'refusedBy'> {
  readonly caller: CallerName;
  /** The client is in the mesh, and so is what the gateway calls. */
  readonly inMesh: boolean;
  /** A plugin said no: it went no further. */
  readonly refused?: true;
  /** How long the gateway's own record was under way; drawn when absent. */
  readonly gatewayLateMs?: number;
}

/**
 * One call as everybody on its way tells it: in the mesh the caller's proxy and the gateway's, the gateway itself, then
 * its proxy and the egress gateway's; from outside the gateway alone.
 */
export function throughGateway(scene: Scene, passage: Passage): readonly Draft[] {
  const { random, midnight } = scene;
  const { caller: name, at, url, method, status, requestId } = passage;
  const caller = CALLERS[name];
  const userAgent = caller.userAgent.replace(',gzip(gfe)', '');
  const target = new URL(url);
  const service = serviceOf(target.host);
  const uri = `${service.path}${url.slice(url.indexOf(target.host) + target.host.length)}`;
  const { gatewayLateMs: lateByMs } = passage;
  const told = gatewayRecord({
    at: at + 4,
    startedAt: midnight + Math.floor(at) + 4,
    method,
    service,
    uri,
    status,
    clientIp: caller.ip,
    userAgent,
    requestId: random.hex(32),
    latencyMs: random.int(60, 420),
    ...(requestId === undefined ? {} : { correlationId: requestId }),
    ...(passage.refused === undefined ? {} : { refused: passage.refused }),
    ...PASSENGERS[name],
  });
  const record = lateByMs === undefined ? told : { ...told, lateByMs };
  const workload = 'workload' in caller ? caller.workload : undefined;
  if (!passage.inMesh || workload === undefined) return [record];
  const hop = { method, status, userAgent, ...(requestId === undefined ? {} : { requestId }) };
  const before = inMesh(scene, {
    ...hop,
    at: at + 1,
    from: workload,
    to: WORKLOADS.kong,
    url: `http://kong-gateway.kong.svc.cluster.local:8080${uri}`,
  });
  if (passage.refused === true) return [...before, record];
  return [...before, record, ...inMesh(scene, { ...hop, at: at + 8, from: WORKLOADS.kong, url })];
}
