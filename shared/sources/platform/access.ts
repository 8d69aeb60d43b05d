/** Requests of Identity-Aware Proxy, OS Login, Secret Manager and Cloud KMS. */
import { claim } from '../../audit/claims.ts';
import type { Seen } from '../../audit/event.ts';
import { countClaim } from '../../audit/evidence.ts';
import { segmentAfter } from '../../audit/payload.ts';
import { num, obj, own, resourceLabel, str } from '../fields.ts';

const TUNNEL = 'iap.tunnel';

/** A tunnel to a machine is checked by another permission than a request to a web application. */
export function readTunnel({ entry, payload, draft, claims }: Seen): void {
  const { metadata } = payload;
  const permission = claims['permission'];
  const session = obj(metadata, 'iap_tcp_session_info');
  if (session !== undefined || (typeof permission === 'string' && permission.startsWith(TUNNEL))) {
    draft.action = 'exec.interactive';
  }
  claim(claims, 'instanceId', resourceLabel(entry, 'instance_id'));
  claim(claims, 'phase', str(session, 'phase'));
  countClaim(claims, 'bytesSent', own(session, 'bytes_sent'));
  countClaim(claims, 'bytesReceived', own(session, 'bytes_received'));
  claim(claims, 'port', num(obj(payload.requestMetadata, 'destinationAttributes'), 'port'));
  claim(claims, 'deviceState', str(metadata, 'device_state'));
}

/** The call succeeds also where the answer is that the user may not sign in. */
export function readOsLogin({ entry, payload, draft, claims }: Seen): void {
  const { request, response } = payload;
  claim(claims, 'policy', str(request, 'policy'));
  claim(claims, 'instance', str(request, 'instance') ?? segmentAfter(payload.resourceName, 'instances'));
  claim(claims, 'instanceId', str(entry.labels, 'instance_id'));
  claim(claims, 'vmServiceAccount', str(request, 'serviceAccount'));
  const success = own(response, 'success');
  if (typeof success !== 'boolean') return;
  claims['success'] = success;
  if (!success && draft.outcome === 'allowed') draft.outcome = 'denied';
}

export function readSecret({ payload, claims }: Seen): void {
  const { request, resourceName } = payload;
  const name = segmentAfter(resourceName, 'secrets') === undefined ? str(request, 'name') : resourceName;
  claim(claims, 'secret', segmentAfter(name, 'secrets') ?? str(request, 'secretId'));
  claim(claims, 'version', segmentAfter(name, 'versions'));
  claim(claims, 'updateMask', str(request, 'updateMask'));
}

export function readKey({ payload, claims }: Seen): void {
  const { request, resourceName } = payload;
  claim(claims, 'keyRing', segmentAfter(resourceName, 'keyRings') ?? str(request, 'keyRingId'));
  claim(claims, 'cryptoKey', segmentAfter(resourceName, 'cryptoKeys') ?? str(request, 'cryptoKeyId'));
  claim(claims, 'keyVersion', segmentAfter(resourceName, 'cryptoKeyVersions'));
  claim(claims, 'keyState', str(obj(request, 'cryptoKeyVersion'), 'state'));
  claim(claims, 'updateMask', str(request, 'updateMask'));
}
