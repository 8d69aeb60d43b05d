/** What else the gateway sees: the partner's questions, calls it turns away, and what its container prints besides. */
import { CONSUMERS, PROJECTS, REGION } from '../company.ts';
import { MINUTE, logNameOf } from '../entry.ts';
import type { Draft } from '../entry.ts';
import { clock, sceneOf } from '../scene.ts';
import type { Scene } from '../scene.ts';
import { throughGateway } from './calls.ts';
import { SERVICES } from './entities.ts';
import { gatewayContainer, gatewayRecord } from './record.ts';
import { heardBeside } from './silence.ts';

const PARTNER_IP = '203.0.113.25';
const PARTNER_AGENT = 'partner-portal/5.2 (+https://partner.example.com)';
const QUESTIONS = [
  '/v1/datasets/gs/acme-partner-exchange/prices',
  '/v1/datasets/gs/acme-partner-exchange/churn/upstream?depth=2',
  '/v1/jobs?state=running&pageSize=20',
] as const;

function partnerQuestions(scene: Scene): readonly Draft[] {
  const { random, midnight } = scene;
  return Array.from({ length: 60 }, (_, i) => {
    const at = clock('06:00') + i * 16 * MINUTE + random.int(0, 14 * MINUTE);
    return gatewayRecord({
      at,
      startedAt: midnight + at,
      method: 'GET',
      service: SERVICES.lineage,
      uri: random.pick(QUESTIONS),
      status: random.chance(0.05) ? 503 : 200,
      clientIp: PARTNER_IP,
      userAgent: PARTNER_AGENT,
      requestId: random.hex(32),
      consumer: CONSUMERS.partnerSync,
      credential: '93c5a1e7-6d0b-4f2e-8b74-1a9c5e3d7f99',
      latencyMs: random.int(4, 90),
    });
  });
}

const SUBMIT = `/dataproc/v1/projects/${PROJECTS.prod.id}/regions/${REGION}/jobs:submit`;

/** Tokens that have expired or were never there: no consumer, and nothing was sent on. */
function unauthenticated(scene: Scene): readonly Draft[] {
  const { random, midnight } = scene;
  const calls = [
    ['04:11:40', '203.0.113.201', 'curl/8.10.1', SUBMIT],
    ['04:11:41', '203.0.113.201', 'curl/8.10.1', '/dataproc/v1/projects/-/regions/-/clusters'],
    ['18:29:31', PARTNER_IP, 'gcloud-java/2.60.0 gl-java/21.0.5', SUBMIT],
  ] as const;
  return calls.map(([time, clientIp, userAgent, uri]) =>
    gatewayRecord({
      at: clock(time),
      startedAt: midnight + clock(time),
      method: uri === SUBMIT ? 'POST' : 'GET',
      service: SERVICES.dataproc,
      uri,
      status: 401,
      refused: true,
      clientIp,
      userAgent,
      requestId: random.hex(32),
      latencyMs: 0,
      // What the client wrote itself; no plugin vouches for it.
      ...(userAgent.startsWith('curl') ? { headers: { 'x-consumer-username': 'pricing-agent' } } : {}),
    }),
  );
}

/** The catalogue agent in a loop, until the rate limit says no; and one route it is not on the list of. */
function refused(scene: Scene): readonly Draft[] {
  const url = `http://dataproc.googleapis.com/v1/projects/${PROJECTS.prod.id}/regions/${REGION}/jobs:submit`;
  const calls = [
    ['12:43:31', 429],
    ['12:43:33', 429],
    ['12:43:37', 429],
    ['12:43:52', 403],
  ] as const;
  return calls.flatMap(([time, status]) =>
    throughGateway(scene, {
      caller: 'catalogAgent',
      at: clock(time),
      method: 'POST',
      url,
      status,
      requestId: scene.random.uuid(),
      inMesh: true,
      refused: true,
    }),
  );
}

/** nginx's access line beside the record of the request, and what the error log says in between. */
function printed(scene: Scene): readonly Draft[] {
  const { random, midnight } = scene;
  const line = (time: string, stream: 'stdout' | 'stderr', textPayload: string): Draft => ({
    at: clock(time),
    to: 'kong',
    logName: logNameOf(PROJECTS.mesh.id, stream),
    resource: gatewayContainer,
    payload: { textPayload },
    severity: stream === 'stdout' ? 'INFO' : 'ERROR',
    labels: { 'k8s-pod/app_kubernetes_io/name': 'kong' },
  });
  const local = (time: string): string => {
    const [day = '', month = '', , year = ''] = new Date(midnight).toUTCString().slice(5).split(' ');
    return `${day}/${month}/${year || scene.date.slice(0, 4)}:${time} +0000`;
  };
  return [
    ...['07:00:10', '13:10:44', '20:31:02'].map((time) =>
      line(
        time,
        'stdout',
        `${PARTNER_IP} - - [${local(time)}] "GET /v1/jobs?state=running HTTP/1.1" 200 1320 "-" "${PARTNER_AGENT}" kong_request_id: "${random.hex(32)}"`,
      ),
    ),
    line(
      '12:43:37',
      'stderr',
      `${scene.date.replaceAll('-', '/')} 12:43:37 [warn] 1337#0: *90211 [kong] handler.lua:113 [rate-limiting] limit of 2 calls a minute is used up, client: 10.8.5.19, server: kong, request: "POST ${SUBMIT} HTTP/1.1", host: "jobs.example.com"`,
    ),
  ];
}

export const gatewayTraffic = (scene: Scene): readonly Draft[] => [
  ...partnerQuestions(sceneOf(scene, 'partner-questions')),
  ...unauthenticated(sceneOf(scene, 'unauthenticated')),
  ...refused(sceneOf(scene, 'rate-limit')),
  ...printed(sceneOf(scene, 'gateway-output')),
  ...heardBeside(sceneOf(scene, 'gateway-silent')),
];
