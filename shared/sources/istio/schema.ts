/**
 * What is read of the JSON a proxy writes, and nothing else of it: user agents, headers and addresses are not
 * evidence and are left where they are. Source: istio/istio `EnvoyJSONLogFormatIstio`; the identity keys are names
 * for Envoy's command operators that a mesh's operator chooses (docs/sources/istio.md lists them).
 */
import * as z from 'zod';

/** Envoy writes `null` or `"-"` for what it does not have (or leaves the key out). */
const text = z.string().nullish();
const count = z.union([z.number(), z.string()]).nullish();
/** A number, or its digits as text; `-` in formats that quote everything. */
const status = z.union([z.int().min(0).max(999), z.string().regex(/^(?:\d{1,3}|-)$/)]).nullish();

export const EnvoyJson = z.object({
  method: text,
  path: text,
  protocol: text,
  authority: text,
  response_code: status,
  response_flags: text,
  response_code_details: text,
  connection_termination_details: text,
  request_id: text,
  upstream_cluster: text,
  requested_server_name: text,
  bytes_received: count,
  bytes_sent: count,
  /** `%GRPC_STATUS%` or `%GRPC_STATUS_NUMBER%` */
  grpc_status: count,
  /** `%DOWNSTREAM_PEER_URI_SAN%`: who connected to this proxy. */
  downstream_peer_uri_san: text,
  /** `%DOWNSTREAM_LOCAL_URI_SAN%`: this proxy, to those who connect. */
  downstream_local_uri_san: text,
  /** `%UPSTREAM_PEER_URI_SAN%`: the server this proxy connected to. */
  upstream_peer_uri_san: text,
  /** `%UPSTREAM_LOCAL_URI_SAN%`: this proxy, to the server. */
  upstream_local_uri_san: text,
  /** `%REQ(X-FORWARDED-CLIENT-CERT)%` */
  x_forwarded_client_cert: text,
  xfcc: text,
  /** `%DYNAMIC_METADATA(istio_authn:request.auth.principal)%` */
  request_principal: text,
  requested_principal: text,
  request_auth_principal: text,
});
export type EnvoyJson = z.infer<typeof EnvoyJson>;

/** ztunnel with LOG_FORMAT=json. */
export const ZtunnelJson = z.object({
  'src.workload': text,
  'src.namespace': text,
  'src.identity': text,
  'dst.service': text,
  'dst.workload': text,
  'dst.namespace': text,
  'dst.identity': text,
  direction: text,
  bytes_sent: count,
  bytes_recv: count,
  error: text,
});
export type ZtunnelJson = z.infer<typeof ZtunnelJson>;
