/**
 * Which signed deploy record tells of a change. A record covers what it names, from half an hour before to half an hour after
 * it: an object by its name; all below a place (`kubernetes:CLUSTER/NAMESPACE/*`) or of a kind (`mesh:*`, with its environment)
 * only where it was its own deployer who made the change. A digest that both tell must agree.
 */
import { later } from '../alerts/times.ts';
import type { DeclaredFacts } from '../detections/declared-facts.ts';
import { byDeployer } from '../detections/deployers.ts';
import { listOf, textOf } from '../detections/evidence.ts';
import { entityOf } from '../detections/gateway-entity.ts';
import { partiesOf } from '../detections/kinds.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import type { DeployKind } from './deployable.ts';
import type { Facts } from './facts.ts';
import { isSameIdentity } from './same-identity.ts';
import { around, msBetween } from './span.ts';
import { objectName, stateOf } from './state-name.ts';

/** Between a change and the record of it, either way. */
export const RECORD_WINDOW_MS = 30 * 60_000;

/** The group of changes that deploy records are held against. */
export const DEPLOYED_CHANGES = '-';

/** The last event time of a record that may cover the change, and how late it may come. */
export const recordsUntil = (time: string, declared: DeclaredFacts): string =>
  later(time, RECORD_WINDOW_MS + declared.corroboration.lateness('deployments'));

/** Anybody may claim to have deployed: what is not signed covers nothing. */
export const recordsAround = (time: string, facts: Facts): readonly TrailEvent[] =>
  facts
    .witnesses('deploy', '-', around(time, RECORD_WINDOW_MS))
    .filter(({ provenance }) => provenance === 'signed');

export interface Changed {
  readonly event: TrailEvent;
  readonly kind: DeployKind;
  /** Names under which a record may know what was changed. */
  readonly names: readonly string[];
}

/** @param keys of what a detection found, which name what is planted or made */
export function changedBy(event: TrailEvent, kind: DeployKind, keys: readonly string[] = []): Changed {
  const { resource, job, datasets, source } = event;
  const state = stateOf(event);
  const names = [
    ...(resource === undefined ? [] : [resource]),
    ...(job === undefined ? [] : [job]),
    ...(state?.kind === 'policy' ? [state.policy] : []),
    ...(source === 'kubernetes' ? [objectName(event)] : []),
    ...(source === 'kong' ? [`kong:${event.project ?? '-'}/${entityOf(event)}`] : []),
    ...datasets.flatMap(({ dataset, op }) => (op === 'write' ? [dataset] : [])),
    ...keys,
  ];
  return {
    event,
    kind,
    names: [...new Set(names.flatMap((name) => (name === undefined ? [] : [bare(name)])))],
  };
}

/** `//SERVICE/` before a resource, and `allow:` before that, are ways to write it. */
function bare(name: string): string {
  const text = name.startsWith('allow:') ? name.slice('allow:'.length) : name;
  const slash = text.startsWith('//') ? text.indexOf('/', 2) : -1;
  return slash < 0 ? text : text.slice(slash + 1);
}

/**
 * The first record that covers the change.
 * @param others changes around it: where a deployer changed the same, the record is of that, and the digest has to tell
 */
export function coveringRecord(
  changed: Changed,
  records: readonly TrailEvent[],
  others: readonly Changed[],
  declared: DeclaredFacts,
): TrailEvent | undefined {
  const rivals = others.filter(
    ({ event, names }) =>
      event.id !== changed.event.id &&
      byDeployer(event, declared) &&
      names.some((name) => changed.names.includes(name)),
  );
  return records.find((record) => {
    const isRivals = rivals.some(
      ({ event }) => Math.abs(msBetween(event.time, record.time)) <= RECORD_WINDOW_MS,
    );
    return covers(record, changed, isRivals);
  });
}

function covers(record: TrailEvent, { event, kind, names }: Changed, isRivals: boolean): boolean {
  const environment = textOf(record.claims, 'environment');
  if (environment !== undefined && environment !== event.environment) return false;
  return listOf(record.claims, 'objects').some(([uri = '', ...digests]) => {
    const name = bare(uri);
    if (names.includes(name)) {
      const agrees = agreement(digests, event);
      return agrees ?? !isRivals;
    }
    if (!name.endsWith('*') || !isOfDeployer(record, event)) return false;
    if (name === `${kind}:*`) return environment !== undefined;
    const place = name.slice(0, -1);
    return place.endsWith('/') && names.some((one) => one.startsWith(place));
  });
}

/** The record says who deployed, and it was he who made the change. */
const isOfDeployer = (record: TrailEvent, { actor }: TrailEvent): boolean =>
  actor !== undefined &&
  [record.actor?.as, ...partiesOf(record)].some(
    (who) => isSameIdentity(who, actor.id) || isSameIdentity(who, actor.as),
  );

/** Claims of changes that say which content there is now, by the kind of digest that a record gives. */
const CONTENT: readonly (readonly [kind: string, claim: string])[] = [
  ['generation', 'generation'],
  ['sha256', 'specDigest'],
  ['sha256', 'entityDigest'],
  ['md5', 'md5Hash'],
  ['crc32c', 'crc32c'],
];

/** Undefined where the two tell no digest of one kind. */
export function agreement(digests: readonly string[], { claims }: TrailEvent): boolean | undefined {
  const told = new Set(
    CONTENT.flatMap(([kind, claim]) =>
      Object.hasOwn(claims, claim) ? [`${kind}:${String(claims[claim])}`] : [],
    ),
  );
  const kinds = new Set([...told].map((one) => one.slice(0, one.indexOf(':'))));
  const comparable = digests.filter((one) => kinds.has(one.slice(0, one.indexOf(':'))));
  return comparable.length === 0 ? undefined : comparable.some((one) => told.has(one));
}
