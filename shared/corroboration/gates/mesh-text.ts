/**
 * What one AuthorizationPolicy of Istio says of one request, as far as an access record tells the request. Three-valued: a rule
 * that looks at headers, ports, addresses or end users is not known to match.
 * https://istio.io/latest/docs/reference/config/security/authorization-policy/
 */
import { parseJson } from '../../detections/claimed-json.ts';
import { isTrue, textOf } from '../../detections/evidence.ts';
import type { TrailClaims, TrailEvent } from '../../model/trail-event.ts';
import { isObject, list, obj, own, str, strings, type Json } from '../../sources/fields.ts';
import { doersOf } from '../same-identity.ts';

/** Undefined: it depends on what no record tells. */
export type Says = 'allow' | 'deny' | undefined;

export interface MeshRequest {
  /** As policies write it: `TRUST-DOMAIN/ns/NAMESPACE/sa/ACCOUNT`. Undefined where the caller proved none. */
  readonly principal: string | undefined;
  readonly namespace: string | undefined;
  readonly method: string;
  readonly path: string | undefined;
  /** Names that the workload has in labels by convention. */
  readonly workload: readonly string[];
}

const SPIFFE = /^(?:workload|agent):spiffe\/([^:]{1,255}):(.{1,1024})$/;

export function meshRequestOf(event: TrailEvent): MeshRequest {
  const [, domain, subject] =
    doersOf(event)
      .map((id) => SPIFFE.exec(id))
      .find((one) => one !== null) ?? [];
  const { claims } = event;
  const service = textOf(claims, 'destinationService')?.split('.', 1)[0];
  const workload = [service, textOf(claims, 'destinationWorkload')].filter((one) => one !== undefined);
  return {
    principal: domain === undefined || subject === undefined ? undefined : `${domain}/${subject}`,
    namespace: textOf(claims, 'sourceNamespace') ?? /^ns\/([^/]+)\//.exec(subject ?? '')?.[1],
    method: event.method,
    path: isTrue(claims, 'clipped') ? undefined : event.resource,
    workload,
  };
}

/** @param claims of the change that left the policy (shared/sources/kubernetes/policies.ts) */
export function meshTextSays(claims: TrailClaims, request: MeshRequest): Says {
  const spec = parseJson(textOf(claims, 'spec'));
  if (spec === undefined) return undefined;
  const governs = isSelected(spec, request);
  // A policy of other workloads, or one that is tried out, says nothing of this request.
  if (governs === false || isTrue(claims, 'shadow')) return 'allow';
  const matched = governs && some(list(spec, 'rules'), (rule) => ruleMatches(rule, request));
  if (matched === undefined) return undefined;
  const action = textOf(claims, 'policyAction');
  if (action === 'ALLOW') return matched ? 'allow' : 'deny';
  if (action === 'DENY') return matched ? 'deny' : 'allow';
  return undefined;
}

type Known = boolean | undefined;

function some<T>(items: readonly T[], holds: (item: T) => Known): Known {
  let known: Known = false;
  for (const item of items) {
    const one = holds(item);
    if (one === true) return true;
    if (one === undefined) known = undefined;
  }
  return known;
}

const every = <T>(items: readonly T[], holds: (item: T) => Known): Known =>
  not(some(items, (item) => not(holds(item))));
const not = (known: Known): Known => (known === undefined ? undefined : !known);

const NAME_LABELS: ReadonlySet<string> = new Set(['app', 'app.kubernetes.io/name']);

/** Labels of workloads are in no access record: the one that names them is compared with their name. */
function isSelected(spec: Json, { workload }: MeshRequest): Known {
  if (own(spec, 'targetRefs') !== undefined || own(spec, 'targetRef') !== undefined) return undefined;
  const labels = Object.entries(obj(obj(spec, 'selector'), 'matchLabels') ?? {});
  if (workload.length === 0) return labels.length === 0 ? true : undefined;
  return every(labels, ([label, value]) =>
    NAME_LABELS.has(label) ? workload.some((name) => name === value) : undefined,
  );
}

function ruleMatches(rule: unknown, request: MeshRequest): Known {
  if (!isObject(rule)) return undefined;
  const from = list(rule, 'from');
  const to = list(rule, 'to');
  const parts = [
    from.length === 0 ? true : some(from, (one) => fieldsMatch(one, 'source', request)),
    to.length === 0 ? true : some(to, (one) => fieldsMatch(one, 'operation', request)),
    every(list(rule, 'when'), (condition) => conditionMatches(condition, request)),
  ];
  return every(parts, (part) => part);
}

function fieldsMatch(one: unknown, part: 'source' | 'operation', request: MeshRequest): Known {
  const fields = isObject(one) ? obj(one, part) : undefined;
  if (fields === undefined) return undefined;
  return every(Object.keys(fields), (field) => {
    const negated = /^not[A-Z]/.test(field);
    const plain = negated ? `${field.charAt(3).toLowerCase()}${field.slice(4)}` : field;
    const value = VALUES[plain]?.(request);
    const matched = value === undefined ? undefined : listMatches(strings(fields, field), value);
    return negated ? not(matched) : matched;
  });
}

/** An empty text is a caller without the attribute, which no list but a negated one lets match. */
const VALUES: Readonly<Record<string, (request: MeshRequest) => string | undefined>> = {
  principals: ({ principal }) => principal ?? '',
  namespaces: ({ namespace }) => namespace ?? '',
  methods: ({ method }) => (method === '-' ? undefined : method),
  paths: ({ path }) => path,
};

const CONDITIONS: Readonly<Record<string, (request: MeshRequest) => string>> = {
  'source.principal': ({ principal }) => principal ?? '',
  'source.namespace': ({ namespace }) => namespace ?? '',
};

function conditionMatches(condition: unknown, request: MeshRequest): Known {
  if (!isObject(condition)) return undefined;
  const key = str(condition, 'key') ?? '';
  const value = Object.hasOwn(CONDITIONS, key) ? CONDITIONS[key]?.(request) : undefined;
  if (value === undefined) return undefined;
  const values = strings(condition, 'values');
  const others = strings(condition, 'notValues');
  return every(
    [
      values.length === 0 ? true : listMatches(values, value),
      others.length === 0 ? true : not(listMatches(others, value)),
    ],
    (part) => part,
  );
}

const listMatches = (patterns: readonly string[], value: string): Known =>
  some(patterns, (pattern) => textMatches(pattern, value));

/** Whole, `abc*`, `*abc`, or `*` for anything that is there. Templates of paths are not read. */
function textMatches(pattern: string, value: string): Known {
  if (pattern.includes('{')) return undefined;
  if (pattern === '*') return value !== '';
  if (pattern.endsWith('*')) return value.startsWith(pattern.slice(0, -1));
  if (pattern.startsWith('*')) return value.endsWith(pattern.slice(1));
  return pattern === value;
}
