/**
 * The service mesh as a source: what Istio's and Cloud Service Mesh's proxies record of requests and connections.
 * Which entries are read, which are left out and what an operator must switch on: docs/sources/istio.md.
 */
import type { LogEntry } from '../../../schemas/log-entry.ts';
import type { Normalised } from '../../model/event.ts';
import { logId, resourceLabel, str } from '../fields.ts';
import type { ForeignRecord, Source } from '../source.ts';
import { looksLikeEnvoyJson, normaliseEnvoyJson, normaliseEnvoyLine } from './envoy.ts';
import { looksLikeEnvoyLine, startTimeOf } from './envoy-line.ts';
import { MESH_LOGS, normaliseMeshLog } from './mesh-log.ts';
import {
  looksLikeZtunnelJson,
  looksLikeZtunnelLine,
  normaliseZtunnelJson,
  normaliseZtunnelLine,
  ztunnelTime,
} from './ztunnel.ts';

/** The container of sidecars, gateways, waypoints and ztunnel alike. */
const PROXY = 'istio-proxy';
const CONTAINER = 'k8s_container';

/** Of the mesh, and no access record. */
const PROXY_DIAGNOSTIC = { kind: 'filtered', rule: 'istio-proxy-diagnostic' } as const;
const ISTIOD_DIAGNOSTIC = { kind: 'filtered', rule: 'istiod-diagnostic' } as const;

export const istio: Source = {
  name: 'istio',
  version: 3,
  methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'TCP'],
  owns: (entry) => meshLogOf(entry) !== undefined || containerOf(entry) !== undefined,
  adopt,
  normalise,
};

function normalise(entry: LogEntry): Normalised {
  const log = meshLogOf(entry);
  if (log !== undefined) return normaliseMeshLog(entry, log);
  if (containerOf(entry) === 'istiod') return ISTIOD_DIAGNOSTIC;

  const { textPayload, jsonPayload } = entry;
  if (textPayload !== undefined) {
    const line = withoutLineEnd(textPayload);
    if (looksLikeEnvoyLine(line)) return normaliseEnvoyLine(entry, line);
    return looksLikeZtunnelLine(line) ? normaliseZtunnelLine(entry, line) : PROXY_DIAGNOSTIC;
  }
  if (jsonPayload !== undefined) {
    if (looksLikeEnvoyJson(jsonPayload)) return normaliseEnvoyJson(entry, jsonPayload);
    return looksLikeZtunnelJson(jsonPayload) ? normaliseZtunnelJson(entry, jsonPayload) : PROXY_DIAGNOSTIC;
  }
  return {
    kind: 'refused',
    code: 'payload-missing',
    reason: 'The entry of the istio-proxy container has neither textPayload nor jsonPayload.',
  };
}

/** A line of an exported file, as the container log entry it was. It has no log name, so nobody vouches for it. */
function adopt(record: ForeignRecord): LogEntry | undefined {
  const resource = { type: CONTAINER, labels: { container_name: PROXY } };
  if (record.kind === 'text') {
    const textPayload = withoutLineEnd(record.line);
    if (looksLikeEnvoyLine(textPayload))
      return { resource, textPayload, timestamp: startTimeOf(textPayload) };
    if (looksLikeZtunnelLine(textPayload))
      return { resource, textPayload, timestamp: ztunnelTime(textPayload) };
    return undefined;
  }
  const jsonPayload = record.value;
  const time = looksLikeEnvoyJson(jsonPayload)
    ? str(jsonPayload, 'start_time')
    : looksLikeZtunnelJson(jsonPayload)
      ? str(jsonPayload, 'time')
      : undefined;
  return time === undefined ? undefined : { resource, jsonPayload, timestamp: time };
}

function meshLogOf(entry: LogEntry): ReturnType<typeof MESH_LOGS.get> {
  const id = logId(entry);
  return id === undefined ? undefined : MESH_LOGS.get(id);
}

/** Which of the mesh's containers printed the entry. Every pod may call a container `discovery`; istiod's are its own. */
function containerOf(entry: LogEntry): 'proxy' | 'istiod' | undefined {
  if (entry.resource?.type !== CONTAINER) return undefined;
  const id = logId(entry);
  if (id !== undefined && id !== 'stdout' && id !== 'stderr') return undefined;
  const container = resourceLabel(entry, 'container_name');
  if (container === PROXY) return 'proxy';
  return container === 'discovery' && resourceLabel(entry, 'pod_name')?.startsWith('istiod')
    ? 'istiod'
    : undefined;
}

function withoutLineEnd(text: string): string {
  let end = text.length;
  while (end > 0 && (text.charCodeAt(end - 1) === 0x0a || text.charCodeAt(end - 1) === 0x0d)) end -= 1;
  return end === text.length ? text : text.slice(0, end);
}
