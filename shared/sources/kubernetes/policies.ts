/**
 * Objects that decide over traffic: Istio, Gateway API, Kong. Field names and defaults:
 * https://istio.io/latest/docs/reference/config/security/, …/telemetry/, …/networking/.
 */
import { claim, digestClaim, listClaim, objectClaim, type Claims } from '../../audit/claims.ts';
import { isObject, list, obj, own, str, strings, type Json } from '../fields.ts';

const specOf = (object: Json | undefined): Json | undefined => obj(object, 'spec');

/** The whole specification, for kinds of which no part is singled out; `data` of a ConfigMap. */
export function readSpec(claims: Claims, object: Json | undefined): void {
  objectClaim(claims, 'spec', specOf(object) ?? obj(object, 'data'));
}

/**
 * `action` is ALLOW by default; a policy without rules allows nothing, one with an empty rule matches every request.
 */
export function readAuthorization(claims: Claims, object: Json | undefined): void {
  const spec = specOf(object);
  readSpec(claims, object);
  if (spec === undefined && object === undefined) return;
  const rules = list(spec, 'rules').filter(isObject);
  claim(claims, 'policyAction', str(spec, 'action') ?? 'ALLOW');
  claim(claims, 'provider', str(obj(spec, 'provider'), 'name'));
  claims['rules'] = rules.length;
  if (rules.some((rule) => isUnbounded(rule))) claims['matchesAll'] = true;
  if (rules.some((rule) => hasWildcardPrincipal(rule))) claims['wildcardPrincipal'] = true;
  const annotations = obj(obj(object, 'metadata'), 'annotations');
  if (str(annotations, 'istio.io/dry-run') === 'true') claims['shadow'] = true;
}

function isUnbounded(rule: Json): boolean {
  return list(rule, 'from').length === 0 && list(rule, 'to').length === 0 && list(rule, 'when').length === 0;
}

function hasWildcardPrincipal(rule: Json): boolean {
  return list(rule, 'from').some((from) => {
    const source = isObject(from) ? obj(from, 'source') : undefined;
    return strings(source, 'principals').includes('*') || strings(source, 'requestPrincipals').includes('*');
  });
}

export function readRequestAuthentication(claims: Claims, object: Json | undefined): void {
  readSpec(claims, object);
  const rules = list(specOf(object), 'jwtRules').filter(isObject);
  listClaim(
    claims,
    'issuers',
    rules.map((rule) => str(rule, 'issuer') ?? ''),
  );
}

/** `UNSET` takes the mode of the next wider policy. */
export function readPeerAuthentication(claims: Claims, object: Json | undefined): void {
  const spec = specOf(object);
  readSpec(claims, object);
  if (object === undefined) return;
  claim(claims, 'mtlsMode', str(obj(spec, 'mtls'), 'mode') ?? 'UNSET');
  const ports = obj(spec, 'portLevelMtls');
  if (ports === undefined) return;
  // `[port, mode]`; ports are numbers written as keys.
  listClaim(
    claims,
    'portModes',
    Object.keys(ports)
      .filter((port) => /^[0-9]{1,5}$/.test(port))
      .map((port) => [port, str(obj(ports, port), 'mode') ?? 'UNSET']),
  );
}

export function readTelemetry(claims: Claims, object: Json | undefined): void {
  readSpec(claims, object);
  const logging = list(specOf(object), 'accessLogging').filter(isObject);
  if (logging.some((one) => own(one, 'disabled') === true)) claims['accessLoggingDisabled'] = true;
  listClaim(
    claims,
    'accessLogFilters',
    logging.flatMap((one) => str(obj(one, 'filter'), 'expression') ?? []),
  );
}

export function readEnvoy(claims: Claims, object: Json | undefined): void {
  readSpec(claims, object);
  const spec = specOf(object);
  // Configuration is nested in ways that Envoy, not Istio, defines: the word is looked for in the text.
  if (spec !== undefined && JSON.stringify(spec).includes('access_log')) claims['touchesAccessLog'] = true;
}

/** Routes, gateways, destination rules, ingresses: which hosts, and how the hop is secured. */
export function readRouting(claims: Claims, object: Json | undefined): void {
  const spec = specOf(object);
  readSpec(claims, object);
  const host = str(spec, 'host');
  const hosts = [
    ...strings(spec, 'hosts'),
    ...strings(spec, 'hostnames'),
    ...list(spec, 'servers').flatMap((server) => (isObject(server) ? strings(server, 'hosts') : [])),
    ...list(spec, 'egress').flatMap((egress) => (isObject(egress) ? strings(egress, 'hosts') : [])),
  ];
  listClaim(claims, 'hosts', host === undefined ? hosts : [host, ...hosts]);
  claim(claims, 'tlsMode', str(obj(obj(spec, 'trafficPolicy'), 'tls'), 'mode'));
}

/** Kong's custom resources: plugins have their fields at the top, with secrets of upstreams among them. */
export function readPlugin(claims: Claims, object: Json | undefined): void {
  claim(claims, 'plugin', str(object, 'plugin'));
  if (own(object, 'disabled') === true) claims['disabled'] = true;
  digestClaim(claims, 'spec', obj(object, 'config') ?? specOf(object));
}
