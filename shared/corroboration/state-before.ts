/** The state before a change, read from the changes before it: what a comparison lacks while it has the entry alone. */
import { parseJson } from '../detections/claimed-json.ts';
import type { Prior } from '../detections/detection.ts';
import { textOf } from '../detections/evidence.ts';
import { isDone } from '../detections/kinds.ts';
import type { PolicyPlane } from '../model/event.ts';
import type { TrailClaims, TrailEvent } from '../model/trail-event.ts';
import { obj } from '../sources/fields.ts';
import type { Facts, VersionFact } from './facts.ts';
import { auditConfigsAfter, FEDERATION_FIELDS, foldedBefore, LOG_FIELDS } from './state-fold.ts';
import { collectionName, collectionOf, everywhere, PEERS, stateOf, type StateName } from './state-name.ts';
import { forth, back } from './span.ts';

export interface Before {
  readonly prior: Prior;
  /** The changes that it was read from. */
  readonly from: readonly TrailEvent[];
}

const DAY_MS = 86_400_000;
/** Sinks and buckets change seldom; what is older than their records are kept is not known. */
const LOOK_BACK_MS = 400 * DAY_MS;
/** Changes of one state that are looked through for one that tells the whole, and that one change may be the prior of. */
const MAX_CHANGES = 20;

type Dated = Pick<TrailEvent, 'time'> & { readonly id: string };

/** In the order of time, then of id: of two changes at one instant one is always the earlier. */
const isBefore = (a: Dated, b: Dated): boolean => (a.time === b.time ? a.id < b.id : a.time < b.time);

/** Undefined where it is not known. */
export function beforeOf(event: TrailEvent, facts: Facts): Before | undefined {
  const state = stateOf(event);
  if (state === undefined) return undefined;
  if (state.kind === 'resource') {
    const changes = facts
      .witnesses('change', state.subject, back(event.time, LOOK_BACK_MS))
      .filter((one) => isDone(one) && isBefore(one, event));
    const before = foldedBefore(event, changes, LOG_FIELDS);
    return before === undefined ? undefined : { prior: { before }, from: changes.slice(-MAX_CHANGES) };
  }
  const { plane, policy } = state;
  const versions = facts
    .policy(plane, policy)
    .filter((one) => isBefore(dated(one), event) && isAsGood(one, event))
    .slice(0, MAX_CHANGES);
  if (plane === 'iam' && event.source === 'iam') return beforeOfIam(event, policy, versions, facts);
  return beforeOfObject(event, policy, versions, facts);
}

const dated = ({ time, eventId }: VersionFact): Dated => ({ time, id: eventId });

/** Whoever may write entries makes no past for what the provider tells. */
const isAsGood = ({ provenance }: VersionFact, event: TrailEvent): boolean =>
  provenance !== 'tenant' || event.provenance === 'tenant';

/** An object of a cluster or of the gateway: the version before tells the whole of it, or it is not known. */
function beforeOfObject(
  event: TrailEvent,
  policy: string,
  versions: readonly VersionFact[],
  facts: Facts,
): Before | undefined {
  // A request and the object that it changed are two records of one change.
  const nearest = versions
    .slice(0, 2)
    .map((version) => ({ version, told: facts.event(version.eventId) }))
    .find(({ told }) => event.requestId === undefined || told?.requestId !== event.requestId);
  if (nearest?.told === undefined) return undefined;
  const { version, told } = nearest;
  const before = contentOf(version, told);
  if (before === undefined || isSwept(policy, version, event, facts)) return undefined;
  const wider = widerThan(event, facts);
  return {
    prior: { before, ...(wider === undefined ? undefined : { wider: wider.map(({ claims }) => claims) }) },
    from: [told, ...(wider ?? []).map(({ event: parent }) => parent)],
  };
}

function contentOf({ change }: VersionFact, { claims }: TrailEvent): TrailClaims | undefined {
  if (change === 'delta') return undefined;
  return change === 'delete' ? {} : claims;
}

/** Whether a change of several members at once, which does not tell of which, lies between. */
function isSwept(policy: string, version: VersionFact, event: TrailEvent, facts: Facts): boolean {
  const state = stateOf(event);
  if (state?.kind !== 'policy') return false;
  const collection = `${policy.slice(0, policy.lastIndexOf('/'))}/*`;
  return facts
    .policy(state.plane, collection)
    .some((sweep) => isBefore(dated(version), dated(sweep)) && isBefore(dated(sweep), event));
}

function beforeOfIam(
  event: TrailEvent,
  policy: string,
  versions: readonly VersionFact[],
  facts: Facts,
): Before | undefined {
  const changes = versions.flatMap((version) => {
    const told = facts.event(version.eventId);
    return told === undefined ? [] : [{ event: told, whole: version.change === 'set' }];
  });
  const before = policy.startsWith('allow:')
    ? auditConfigsAfter(changes)
    : foldedBefore(event, changes.map((one) => one.event).toReversed(), FEDERATION_FIELDS);
  return before === undefined ? undefined : { prior: { before }, from: changes.map((one) => one.event) };
}

/** Where the mesh's own policies are. */
const ROOT = 'istio-system';
/** The name that policies of a whole namespace, and of the mesh, have by convention. */
const WHOLE = 'default';

interface Wider {
  readonly event: TrailEvent;
  readonly claims: TrailClaims;
}

/** Of the mutual TLS of a workload or a namespace: the policy of the namespace and that of the mesh, as far as all are known. */
function widerThan(event: TrailEvent, facts: Facts): readonly Wider[] | undefined {
  const { claims } = event;
  if (textOf(claims, 'kind') !== `security.istio.io/${PEERS.slice(0, PEERS.indexOf('.'))}`) return undefined;
  const [namespace, name] = [textOf(claims, 'namespace'), textOf(claims, 'name')];
  const nearer = name === WHOLE || namespace === ROOT ? [] : [namespace];
  const parents = name === WHOLE && namespace === ROOT ? [] : [...nearer, ROOT];
  const wider = parents.map((parent) =>
    inForceAt(event, 'mesh', collectionName(textOf(claims, 'cluster'), parent, PEERS, WHOLE), facts),
  );
  const known = wider.filter((one) => one !== undefined);
  return known.length === wider.length ? known : undefined;
}

function inForceAt(event: TrailEvent, plane: PolicyPlane, policy: string, facts: Facts): Wider | undefined {
  const version = facts
    .policy(plane, policy)
    .find((one) => isBefore(dated(one), event) && isAsGood(one, event));
  const told = version === undefined ? undefined : facts.event(version.eventId);
  if (version === undefined || told === undefined) return undefined;
  const claims = contentOf(version, told);
  // One that selects workloads is no policy of the namespace.
  const selects = obj(parseJson(textOf(claims ?? {}, 'spec')), 'selector') !== undefined;
  return claims === undefined ? undefined : { event: told, claims: selects ? {} : claims };
}

/**
 * The changes whose state before hangs on this one: those of the same that came after it, of a policy that others take from also
 * those of the others, and of many members at once those of each. Of what comes in its order there are none.
 */
export function changesAfter(event: TrailEvent, facts: Facts): readonly TrailEvent[] {
  const state = stateOf(event);
  if (state?.kind === 'resource')
    return nextOf(event, facts.witnesses('change', state.subject, forth(event.time, LOOK_BACK_MS)));
  return groupsAfter(event, state).flatMap((group) =>
    nextOf(
      event,
      facts.witnesses('policy', group, { from: event.time, until: EVER }),
      group.endsWith('/*') ? MAX_MEMBERS : MAX_CHANGES,
    ),
  );
}

/** Changes of other policies that one change may be the prior of. */
const MAX_MEMBERS = 500;

const EVER = '9999-12-31T23:59:59.999999999Z';

function groupsAfter(event: TrailEvent, state: StateName | undefined): readonly string[] {
  const collection = collectionOf(event);
  const all = collection?.kind === 'policy' ? [`${collection.plane}|${collection.policy}`] : [];
  if (state?.kind !== 'policy') return all;
  const own = `${state.plane}|${state.policy}`;
  if (!state.policy.endsWith(`/${PEERS}/${WHOLE}`)) return [own];
  const isOfMesh = textOf(event.claims, 'namespace') === ROOT;
  return [
    own,
    ...(isOfMesh ? [`${state.plane}|${everywhere(textOf(event.claims, 'cluster'), PEERS)}`] : all),
  ];
}

/** So many of what anybody may write, and of the rest, so that the first do not hide the second. */
function nextOf(
  event: TrailEvent,
  changes: readonly TrailEvent[],
  max: number = MAX_CHANGES,
): readonly TrailEvent[] {
  const after = changes.filter((one) => isBefore(event, one));
  return [
    ...after.filter(({ provenance }) => provenance !== 'tenant').slice(0, max),
    ...after.filter(({ provenance }) => provenance === 'tenant').slice(0, max),
  ];
}
