/** Changes of identity pools and their providers: whose assertions become whose identities. */
import type { TrailClaims } from '../model/trail-event.ts';
import { masks, type Change } from './change.ts';
import { textOf } from './evidence.ts';

export interface FederationChange {
  /** `pool/provider` */
  readonly edge: string;
  readonly what: string;
  readonly value?: string | undefined;
  readonly before?: string | undefined;
  /** What it was before decides, and is not known. */
  readonly unsure?: true;
}

const POOL = /\.(Create|Update|Delete|Undelete)(?:WorkloadIdentity|Workforce)Pool(Provider)?$/;

/** Fields that decide whose assertions become whom: mask path, claim. */
const TRUST: readonly (readonly [field: string, claim: string])[] = [
  ['attributeCondition', 'attributeCondition'],
  ['attributeMapping', 'attributeMapping'],
  ['oidc.issuerUri', 'issuer'],
  ['oidc.allowedAudiences', 'allowedAudiences'],
  ['aws', 'awsAccount'],
  ['saml', 'saml'],
];

export function federationChange({ event, before, after }: Change): FederationChange | undefined {
  const [, verb, provider] = POOL.exec(event.method) ?? [];
  if (verb === undefined) return undefined;
  const parts = [textOf(after, 'pool'), textOf(after, 'provider')].filter((part) => part !== undefined);
  const edge = parts.length === 0 ? (event.resource ?? event.method) : parts.join('/');
  if (verb !== 'Update')
    return { edge, what: `${provider === undefined ? 'pool' : 'provider'} ${verb.toLowerCase()}d` };
  const mask = textOf(after, 'updateMask');
  if (mask !== undefined && masks(mask, 'disabled') && after['disabled'] === false)
    return { edge, what: 'switched on again' };
  if (provider === undefined) return undefined;
  const told = TRUST.filter(([field]) => masks(mask, field));
  if (isOpen(after) && masks(mask, 'attributeCondition') && (before === undefined || !isOpen(before))) {
    const what = 'the condition lets everybody in';
    return {
      edge,
      what,
      value: condition(after),
      before: before === undefined ? undefined : condition(before),
    };
  }
  if (before !== undefined) {
    const changed = told.find(([, claim]) => after[claim] !== before[claim]);
    if (changed === undefined) return undefined;
    const [what, claim] = changed;
    return { edge, what, value: shown(after, claim), before: shown(before, claim) };
  }
  // A field that is named in the mask is one that was set; `oidc` as a whole may be a rotation of its keys.
  const named = told.find(([field]) => mask?.split(',').some((path) => isField(path, field)) === true);
  if (named !== undefined) return { edge, what: named[0], value: shown(after, named[1]) };
  return told.length === 0
    ? undefined
    : { edge, what: 'the provider, as a whole', value: shown(after, 'issuer'), unsure: true };
}

const isField = (path: string, field: string): boolean =>
  path.trim().replaceAll('_', '').toLowerCase() === field.toLowerCase();

const condition = (claims: TrailClaims): string => textOf(claims, 'attributeCondition') ?? '';

/** Without a condition, or with one that is always true. */
const isOpen = (claims: TrailClaims): boolean => /^[\s()]*(?:true)?[\s()]*$/.test(condition(claims));

const shown = (claims: TrailClaims, name: string): string | undefined => {
  const value = claims[name];
  return value === undefined ? undefined : String(value).slice(0, 500);
};
