/** A guard of the gateway that was taken away, or a group that a consumer was put into, and a call that passed afterwards. */
import { isTrue, textOf } from '../../detections/evidence.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import { doersOf } from '../same-identity.ts';
import { attemptBefore } from './history.ts';
import { undeclaredAt, type LetIn, type Passed, type Undeclared } from './let-in.ts';
import { stateOf } from '../state-name.ts';

/** Plugins that ask who calls. */
const AUTHENTICATION: ReadonlySet<string> = new Set([
  'openid-connect',
  'jwt',
  'key-auth',
  'key-auth-enc',
  'basic-auth',
  'hmac-auth',
  'oauth2',
  'mtls-auth',
  'ldap-auth',
  'ldap-auth-advanced',
]);

export function letInByGateway(change: TrailEvent, passed: Passed): LetIn | undefined {
  const state = stateOf(change);
  if (state?.kind !== 'policy') return undefined;
  const undeclared = undeclaredAt('gateway', state.policy, passed, () => true);
  if (undeclared === undefined) return undefined;
  const opened = state.policy.includes('/acls/')
    ? openedByGroup(undeclared, passed.event)
    : openedByPlugin(undeclared, passed);
  if (opened === undefined) return undefined;
  const attempt = attemptBefore(passed.event, undeclared.first.event, passed.facts);
  if (attempt === 'allowed') return undefined;
  const isLetIn = opened.says === 'let-in' || attempt === 'denied';
  return {
    policy: state.policy,
    change: undeclared.inForce.event,
    before: undeclared.before?.event,
    says: isLetIn ? 'let-in' : 'unknown',
    why: opened.why,
  };
}

type Opened = Pick<LetIn, 'says' | 'why'>;

/** Whether the consumer was in another group that the route lets in, the gateway's log does not tell. */
function openedByGroup({ inForce }: Undeclared, event: TrailEvent): Opened | undefined {
  const consumer = textOf(inForce.event.claims, 'consumer');
  if (inForce.change === 'delete' || consumer === undefined) return undefined;
  const isIn = doersOf(event).some((who) => who.endsWith(`:consumer/${consumer}`));
  return isIn ? { says: 'unknown', why: 'the consumer was put into a group' } : undefined;
}

function openedByPlugin({ inForce, before }: Undeclared, { event, facts }: Passed): Opened | undefined {
  const text = inForce.change === 'delete' ? before?.event : inForce.event;
  const plugin = textOf(text?.claims ?? {}, 'entityName');
  if (text === undefined || plugin === undefined || governs(text, event, facts) === false) return undefined;
  const wasOff = before !== undefined && isOff(before.event);
  const isNowOff = inForce.change === 'delete' || isOff(inForce.event);
  const isAnonymous = event.actor === undefined || event.actor.proof === 'none';
  if (AUTHENTICATION.has(plugin)) {
    const lets = isNowOff || isTrue(inForce.event.claims, 'anonymous');
    const let_ = wasOff || (before !== undefined && isTrue(before.event.claims, 'anonymous'));
    if (!lets || let_ || !isAnonymous) return undefined;
    return before === undefined
      ? { says: 'unknown', why: 'the version before is not recorded' }
      : { says: 'let-in', why: `without ${plugin} nobody asks who calls` };
  }
  if (!isNowOff || wasOff) return undefined;
  if (plugin === 'request-termination' && before !== undefined)
    return { says: 'let-in', why: 'the route had been closed' };
  return plugin === 'acl' || plugin === 'request-termination'
    ? { says: 'unknown', why: `${plugin} is gone` }
    : undefined;
}

const isOff = ({ claims }: TrailEvent): boolean =>
  Object.hasOwn(claims, 'enabled') && claims['enabled'] === false;

/** A plugin of a route or a service is of that one alone; calls name them by name, plugins by id. */
function governs(
  { claims, project }: TrailEvent,
  event: TrailEvent,
  facts: Passed['facts'],
): boolean | undefined {
  for (const [field, collection] of [
    ['route', 'routes'],
    ['service', 'services'],
  ] as const) {
    const id = textOf(claims, field);
    if (id === undefined) continue;
    const called = textOf(event.claims, field);
    if (called === id) return true;
    const version = facts
      .policy('gateway', `kong:${project ?? '-'}/${collection}/${id}`)
      .find(({ time }) => time <= event.time);
    const named = version === undefined ? undefined : facts.event(version.eventId);
    const name = named === undefined ? undefined : textOf(named.claims, 'entityName');
    return name === undefined ? undefined : name === called;
  }
  return true;
}
