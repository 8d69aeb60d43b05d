import { describe, expect, it } from 'vitest';
import { CANARY_LOG } from '../../schemas/canary.ts';
import { canaryOf, probePath, signCanary, verifiedCanary } from '../../shared/corroboration/health/canary.ts';
import { parseConfig } from '../../shared/config/parse.ts';
import { decodeEntry } from '../../shared/envelope/entry.ts';
import { ordinals } from '../../shared/envelope/event-id.ts';
import { trailEventOfRow } from '../../shared/model/trail-event-of-row.ts';
import type { TrailEvent } from '../../shared/model/trail-event.ts';
import { createPreparer } from '../../shared/pipeline/prepare.ts';
import { tracesOf } from '../../shared/corroboration/traces.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import { bundleOf } from '../detections/cases.ts';

const KEY = 'k'.repeat(32);
const NOTHING_DECLARED = bundleOf({ config: {}, policies: '' }).facts;
const NOW = '2026-11-18T10:21:00.000000000Z';
const preparer = createPreparer({
  sources: SOURCES,
  loaded: parseConfig('meshProjects: [shop-prod]', 'jobtrail.yaml'),
});

/** A whole entry up to its event, as any function would make it. */
function eventOf(entry: object): TrailEvent {
  const [decoded] = decodeEntry(Buffer.from(JSON.stringify(entry)), { ordinalOf: ordinals() });
  if (decoded === undefined) throw new Error('an entry');
  const prepared = preparer.prepare(decoded, NOW);
  const row = prepared.kind === 'rows' ? prepared.entry.rows[0] : undefined;
  if (row?.table !== 'Events') throw new Error(`no event: ${JSON.stringify(prepared)}`);
  return trailEventOfRow(row.row);
}

const signed = (path: string, sentAt = '2026-11-18T10:20:00Z') =>
  signCanary({ path, nonce: 'n0nce_-0123456789ABCDE'.slice(0, 22), sentAt }, KEY);

const logged = (record: object, over: object = {}) => ({
  logName: `projects/shop-prod/logs/${CANARY_LOG}dataproc`,
  resource: { type: 'global', labels: { project_id: 'shop-prod' } },
  timestamp: '2026-11-18T10:20:00Z',
  receiveTimestamp: '2026-11-18T10:20:00.400Z',
  insertId: 'n0nce',
  jsonPayload: record,
  ...over,
});

/** What the mesh's gateway logs of a probe's request. */
const meshLogged = (path: string, over: object = {}, project = 'shop-prod') => ({
  logName: `projects/${project}/logs/server-accesslog-stackdriver`,
  resource: {
    type: 'k8s_container',
    labels: {
      project_id: project,
      cluster_name: 'prod',
      location: 'europe-west1',
      namespace_name: 'istio-system',
    },
  },
  timestamp: '2026-11-18T10:20:00.120Z',
  receiveTimestamp: '2026-11-18T10:20:01Z',
  insertId: 'probe-1',
  httpRequest: {
    requestMethod: 'GET',
    requestUrl: `https://edge.example.com${path}`,
    status: 404,
    protocol: 'http',
  },
  labels: { destination_workload: 'edge' },
  ...over,
});

/** Kong's record of a probe's request. */
const kongLogged = (path: string, cluster = 'edge') => ({
  logName: 'projects/shop-prod/logs/stdout',
  resource: {
    type: 'k8s_container',
    labels: {
      project_id: 'shop-prod',
      cluster_name: cluster,
      container_name: 'proxy',
      namespace_name: 'kong',
    },
  },
  timestamp: '2026-11-18T10:20:00.5Z',
  insertId: 'kong-1',
  jsonPayload: {
    client_ip: '10.0.0.1',
    started_at: 1795602000000,
    latencies: { kong: 1, request: 1, proxy: 0 },
    request: { method: 'GET', uri: path, headers: { host: 'edge.example.com' } },
    response: { status: 404 },
    workspace_name: 'default',
  },
});

describe('a canary in a log', () => {
  const event = eventOf(logged(signed('dataproc')));

  it('is of its own source, and says by which path it came', () => {
    expect(event).toMatchObject({ source: 'canary', action: 'telemetry.write', provenance: 'tenant' });
    expect(canaryOf(event)?.path).toBe('dataproc');
    expect(tracesOf(event, NOTHING_DECLARED)).toEqual({
      witnesses: [{ family: 'canary', subject: 'dataproc' }],
      sightings: [],
    });
  });

  it('vouches under the key, and under the one before', () => {
    const back = { path: 'dataproc', sentAt: '2026-11-18T10:20:00Z' };
    expect(verifiedCanary(event, [KEY])).toEqual(back);
    expect(verifiedCanary(event, ['x'.repeat(32), KEY])).toEqual(back);
    expect(verifiedCanary(event, ['x'.repeat(32)])).toBeUndefined();
    expect(verifiedCanary(event, [])).toBeUndefined();
  });

  it.each([
    ['a path that was not signed', { path: 'dataflow' }, `${CANARY_LOG}dataflow`],
    ['a later time', { sentAt: '2026-11-18T10:20:01Z' }, `${CANARY_LOG}dataproc`],
    ['another nonce', { nonce: 'N'.repeat(22) }, `${CANARY_LOG}dataproc`],
    ['another signature', { mac: 'A'.repeat(43) }, `${CANARY_LOG}dataproc`],
  ])('forged with %s vouches for nothing', (_, over, log) => {
    const forged = eventOf(
      logged({ ...signed('dataproc'), ...over }, { logName: `projects/shop-prod/logs/${log}` }),
    );
    expect(canaryOf(forged)).toBeDefined();
    expect(verifiedCanary(forged, [KEY])).toBeUndefined();
  });

  it('sent again later by who read it vouches for nothing', () => {
    const replayed = eventOf(
      logged(signed('dataproc'), { timestamp: '2026-11-18T11:20:00Z', insertId: 'other' }),
    );
    expect(verifiedCanary(replayed, [KEY])).toBeUndefined();
  });
});

describe('a canary through a hop', () => {
  const path = 'istio/prod/server';

  it('is the record of its request', () => {
    const event = eventOf(meshLogged(probePath(signed(path))));
    expect(event.provenance).toBe('declared-writer');
    expect(verifiedCanary(event, [KEY])).toEqual({ path, sentAt: '2026-11-18T10:20:00Z' });
    expect(tracesOf(event, NOTHING_DECLARED).witnesses).toEqual([{ family: 'canary', subject: path }]);
  });

  it('is the same through Kong', () => {
    const sentAt = '2026-11-25T10:20:00Z';
    const event = eventOf({
      ...kongLogged(probePath(signed('kong/edge', sentAt))),
      timestamp: '2026-11-25T10:20:00.5Z',
    });
    expect(event.source).toBe('kong');
    expect(verifiedCanary(event, [KEY])).toEqual({ path: 'kong/edge', sentAt });
  });

  it.each([
    ['another reporter’s record', meshLogged(probePath(signed('istio/prod/client')))],
    ['another cluster’s', meshLogged(probePath(signed('istio/dev/server')))],
    ['another plane’s', meshLogged(probePath(signed('kong/prod')))],
    ['a path with more in it', meshLogged(`${probePath(signed(path))}/x`)],
    ['a path with less', meshLogged('/.well-known/jobtrail-canary/istio~prod~server')],
    ['a path of nothing', meshLogged('/.well-known/jobtrail-canary/')],
    ['a path elsewhere', meshLogged(`/x${probePath(signed(path))}`)],
  ])('%s is none', (_, entry) => {
    const event = eventOf(entry);
    expect(canaryOf(event)).toBeUndefined();
    expect(verifiedCanary(event, [KEY])).toBeUndefined();
  });

  it('in a project that nobody declared vouches for nothing', () => {
    const event = eventOf(meshLogged(probePath(signed(path)), {}, 'stranger'));
    expect(event.provenance).toBe('tenant');
    expect(verifiedCanary(event, [KEY])).toBeUndefined();
  });

  it('of a wrong signature, or seen at another time, vouches for nothing', () => {
    const wrong = { ...signed(path), mac: 'A'.repeat(43) };
    expect(verifiedCanary(eventOf(meshLogged(probePath(wrong))), [KEY])).toBeUndefined();
    const replayed = meshLogged(probePath(signed(path)), { timestamp: '2026-11-18T10:22:01Z' });
    expect(verifiedCanary(eventOf(replayed), [KEY])).toBeUndefined();
  });
});

it('signs as written: HMAC-SHA256 over path|nonce|sentAt, base64url', () => {
  expect(
    signCanary({ path: 'dataproc', nonce: 'A'.repeat(22), sentAt: '2026-11-18T10:20:00Z' }, KEY).mac,
  ).toMatch(/^[A-Za-z0-9_-]{43}$/);
});
