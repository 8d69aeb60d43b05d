/**
 * What a change of a Google Cloud policy leaves in force. A policy is named by its full resource name
 * (https://google.aip.dev/122), with the project's id where the entry knows it, so that all entries about it agree; the
 * allow policy of a resource (its IAM policy) has `allow:` before the name of the resource.
 */
import { canonicalJson } from '../envelope/canonical.ts';
import type { PolicyPlane } from '../model/event.ts';
import { isObject, list, own, resourceLabel, str, strings, type Json } from '../sources/fields.ts';
import { changedCollection, changedPolicy, deletedPolicy } from '../sources/policy-version.ts';
import type { Seen } from './event.ts';
import { updateMask } from './evidence.ts';
import { serviceOf } from './service.ts';

/**
 * True where the entry tells a change that holds. The last entry of a long-running operation repeats the first, without
 * its request and often without its caller; that an accepted change failed later is told there alone.
 */
const holds = ({ draft }: Seen): boolean => draft.outcome === 'allowed' && draft.operation?.phase !== 'last';

const NUMBERED = /^projects\/[0-9]{1,20}(?=\/|$)/;

function fullName({ entry, draft }: Seen, name: string, service = serviceOf(entry)): string {
  if (name.startsWith('//')) return name;
  const project = draft.project ?? '';
  const byId = /^[0-9]*$/.test(project) ? name : name.replace(NUMBERED, () => `projects/${project}`);
  return `//${service ?? '-'}/${byId}`;
}

/**
 * The allow policy of the entry's resource as `SetIamPolicy` left it.
 * @param policy the whole policy; undefined where only its differences are told
 */
export function addAllowPolicy(seen: Seen, policy: Json | undefined): void {
  const { entry, payload, draft } = seen;
  const named = payload.resourceName ?? str(payload.request, 'resource');
  if (!holds(seen) || named === undefined || named === '') return;
  // Entries name an account by its number or its address.
  const account = named.includes('/serviceAccounts/') ? resourceLabel(entry, 'email_id') : undefined;
  const resource = account === undefined ? named : `projects/-/serviceAccounts/${account}`;
  const content = policy === undefined ? undefined : allowContent(policy);
  draft.policy = changedPolicy('iam', `allow:${fullName(seen, resource)}`, content);
}

/** Bindings, members and audit configurations are sets: put in order. Etag and version of the form say nothing of them. */
function allowContent(policy: Json): Json {
  const bindings = list(policy, 'bindings')
    .filter(isObject)
    .map((binding) => ({ ...binding, members: strings(binding, 'members').toSorted() }));
  const audits = list(policy, 'auditConfigs')
    .filter(isObject)
    .map((config) => ({
      service: own(config, 'service'),
      auditLogConfigs: inOrder(
        list(config, 'auditLogConfigs')
          .filter(isObject)
          .map((one) => ({ ...one, exemptedMembers: strings(one, 'exemptedMembers').toSorted() })),
      ),
    }));
  return audits.length === 0
    ? { bindings: inOrder(bindings) }
    : { bindings: inOrder(bindings), auditConfigs: inOrder(audits) };
}

/** By the canonical form, so that the order of keys does not decide over the order of a set. */
function inOrder(items: readonly Json[]): readonly Json[] {
  const keyed = items.map((item) => [canonicalJson(JSON.stringify(item)) ?? '', item] as const);
  return keyed.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, item]) => item);
}

export interface PolicyResource {
  readonly plane: PolicyPlane;
  /** `denypolicies`: what stands before its id in its name. */
  readonly collection: string;
  /** As the request declares it. */
  readonly sent: Json | undefined;
  /** The id that a creation asks for. */
  readonly id?: string | undefined;
  /** Fields one of which every whole policy of this kind has. */
  readonly marks: readonly string[];
  /** Where it is another than the entry's. */
  readonly service?: string;
}

const REMOVES = /(?:^|\.)(?:Delete|Clear)[A-Za-z]*$/;
const PARTIAL = /(?:^|\.)(?:Update|Patch)[A-Za-z]*$/;

/**
 * A policy that is a resource of its own. Whole is what the response states, and what the request declares unless it
 * updates under a mask.
 */
export function addPolicyResource(seen: Seen, resource: PolicyResource): void {
  if (!holds(seen)) return;
  const { payload, draft, method } = seen;
  const { plane, sent, marks } = resource;
  const relative = nameOf(seen, resource);
  if (relative === undefined) return;
  const name = fullName(seen, relative, resource.service);
  if (REMOVES.test(method)) {
    draft.policy = deletedPolicy(plane, name);
    return;
  }
  const { request, response } = payload;
  const masked = PARTIAL.test(method) && (updateMask(request) ?? str(request, 'update_mask')) !== undefined;
  const whole = [response, masked ? undefined : sent].find((one) =>
    marks.some((mark) => own(one, mark) !== undefined),
  );
  draft.policy = changedPolicy(plane, name, whole === undefined ? undefined : declared(whole, true));
}

/** Several members of a collection at once. */
export function addPolicyCollection(seen: Seen, plane: PolicyPlane, parent: string | undefined): void {
  if (holds(seen) && parent !== undefined)
    seen.draft.policy = changedCollection(plane, fullName(seen, parent));
}

/** `…/COLLECTION/ID` as any field spells it, or its parent with the id that was asked for. */
function nameOf({ payload }: Seen, { collection, sent, id }: PolicyResource): string | undefined {
  const { request, response, resourceName } = payload;
  const infix = `/${collection}/`;
  for (const name of [str(request, 'name'), str(sent, 'name'), str(response, 'name'), resourceName]) {
    const at = name?.lastIndexOf(infix) ?? -1;
    if (name !== undefined && at >= 0 && at + infix.length < name.length) {
      if (!name.includes('/', at + infix.length)) return name;
    }
  }
  const parent = str(request, 'parent') ?? resourceName;
  if (parent === undefined || parent === '' || id === undefined) return undefined;
  return parent.endsWith(`/${collection}`) ? `${parent}/${id}` : `${parent}${infix}${id}`;
}

/** What services add to what was declared, at any depth. */
const ADDED: ReadonlySet<string> = new Set(['@type', 'etag', 'createTime', 'updateTime', 'id', 'uid']);
/** And at the top, with the name, which is no part of the content. */
const ADDED_ON_TOP: ReadonlySet<string> = new Set([
  'name',
  'kind',
  'state',
  'deleteTime',
  'expireTime',
  'policyUid',
  'reconciling',
]);

function declared(value: Json, top = false): Json {
  const kept = Object.entries(value).filter(([key]) => !ADDED.has(key) && !(top && ADDED_ON_TOP.has(key)));
  return Object.fromEntries(kept.map(([key, item]) => [key, declaredItem(item)]));
}

function declaredItem(item: unknown): unknown {
  if (Array.isArray(item)) return item.map(declaredItem);
  return isObject(item) ? declared(item) : item;
}
