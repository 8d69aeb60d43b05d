import { readYaml } from '../config/yaml-text.ts';
import type { TrailClaims } from '../model/trail-event.ts';
import { isObject, own, obj, str } from '../sources/fields.ts';
import { bindingsOf } from './bindings.ts';
import { parseJson } from './claimed-json.ts';
import { defineChangeDetection, type Change } from './change.ts';
import { byDeployer } from './deployers.ts';
import type { Found } from './detection.ts';
import { evidence, textOf } from './evidence.ts';
import { federationChange } from './federation-change.ts';
import { entityOf, verbOf } from './gateway-entity.ts';
import { isDone, whoOf } from './kinds.ts';

export const workloadIdentityTrustChanged = defineChangeDetection({
  id: 'workload-identity-trust-changed',
  number: 'D07',
  version: 1,
  title: 'Federation or account mapping of workloads changed',
  severity: 'high',
  why: 'Whoever is believed to say who somebody is can be anybody: a looser condition or a new mapping makes strangers job identities.',
  runbook: [
    'Read `what` and `value`: whose assertions are believed on `edge` now.',
    'List tokens exchanged and minted through it since (query principal, action credential.mint).',
    'Put it back, by CI; then bring the bindings of the configuration up to date from this event.',
  ],
  evidence: ['edge', 'what', 'before', 'value', 'by'],
  maps: {
    attack: ['T1484.002', 'T1098.001'],
    soc2: ['CC6.1', 'CC6.2'],
    iso27001: ['A.5.16', 'A.8.5'],
  },
  peers: [
    'Panther gcp_workload_identity_pool_created_or_updated',
    'SecOps gcp_workload_identity_pool_disabled_or_deleted',
    'Panther databricks_sso_config_changed',
  ],
  gaps: [
    'What a declared deployer changes is reviewed where it is written, and not here.',
    'Federation policies of Databricks accounts: no known event tells of them.',
  ],
  sources: ['iam', 'kubernetes', 'kong', 'databricks'],
  on: ['iam.change', 'policy.change', 'log.change'],
  compare: (change, declared) => {
    const { event } = change;
    if (!isDone(event) || byDeployer(event, declared)) return [];
    switch (event.source) {
      case 'iam':
        return [...ofFederation(change), ...ofBindings(change)];
      case 'kubernetes':
        return textOf(change.after, 'kind') === 'core/serviceaccounts' ? ofAccount(change) : ofMesh(change);
      case 'kong':
        return ofGateway(change);
      case 'databricks':
        return DATABRICKS.test(event.method)
          ? [found(change, event.resource ?? event.method, 'single sign-on')]
          : [];
      default:
        return [];
    }
  },
});

const DATABRICKS = /^ssoConfigBackend\.(?:create|update|delete)$/;

function found({ event }: Change, edge: string, what: string, value?: string, before?: string): Found {
  return {
    key: `${event.project ?? '-'} ${edge}`,
    summary: `${whoOf(event)} changed whom ${edge} believes: ${what}.`,
    evidence: evidence(
      ['edge', edge],
      ['what', what],
      ['before', before],
      ['value', value],
      ['by', event.actor?.id],
    ),
  };
}

function ofFederation(change: Change): readonly Found[] {
  const told = federationChange(change);
  if (told === undefined) return [];
  const one = found(change, told.edge, told.what, told.value, told.before);
  return [told.unsure === true ? { ...one, verdict: 'undetermined' } : one];
}

const FEDERATED = 'roles/iam.workloadIdentityUser';

/** `[namespace/account]` of a cluster, or a principal of a pool, that may act as a Google account. */
const ofBindings = (change: Change): readonly Found[] =>
  bindingsOf(change.after)
    .added.filter(({ role }) => role === FEDERATED)
    .map(({ member }) =>
      found(change, `${member} -> ${change.event.resource ?? '-'}`, 'may act as the account', member),
    );

const ANNOTATION = 'iam.gke.io/gcp-service-account';

function ofAccount(change: Change): readonly Found[] {
  const { event, before, after } = change;
  const verb = textOf(after, 'verb');
  const is = textOf(after, 'googleServiceAccount');
  const edge = entityOf(event);
  if (verbOf(event) === 'delete') return [];
  if (before !== undefined) {
    const was = textOf(before, 'googleServiceAccount');
    return (is ?? 'removed') === (was ?? 'removed')
      ? []
      : [found(change, edge, 'Google account', is ?? 'removed', was)];
  }
  if (is === undefined) return [];
  const patch = parseJson(textOf(after, 'patch'));
  const patched = own(obj(obj(patch, 'metadata'), 'annotations'), ANNOTATION) !== undefined;
  if (verb === 'create' || patched) return [found(change, edge, 'Google account', is)];
  // A patch that is told and leaves the annotation alone; one written whole may have set it.
  return patch !== undefined
    ? []
    : [{ ...found(change, edge, 'Google account', is), verdict: 'undetermined' }];
}

/** Trust domain and aliases of the mesh configuration. */
function ofMesh(change: Change): readonly Found[] {
  const { event, before, after } = change;
  if (textOf(after, 'kind') !== 'core/configmaps' || verbOf(event) === 'delete') return [];
  const is = trustIn(after);
  const was = before === undefined ? undefined : trustIn(before);
  if (is === was) return [];
  const one = found(change, entityOf(event), 'trust domain', is, was);
  return [before === undefined ? { ...one, verdict: 'undetermined' } : one];
}

function trustIn(claims: TrailClaims): string | undefined {
  const mesh = str(parseJson(textOf(claims, 'spec')), 'mesh');
  const yaml = mesh === undefined ? undefined : readYaml(mesh);
  if (yaml?.kind !== 'read' || !isObject(yaml.value)) return undefined;
  const told = [own(yaml.value, 'trustDomain'), own(yaml.value, 'trustDomainAliases')];
  return told.every((one) => one === undefined) ? undefined : JSON.stringify(told);
}

/** Issuer and audience that an authentication plugin of the gateway believes. */
function ofGateway(change: Change): readonly Found[] {
  const { event, before, after } = change;
  const verb = verbOf(event);
  const is = trustOf(after);
  if (is === undefined || verb === undefined || verb === 'delete') return [];
  const was = before === undefined ? undefined : trustOf(before);
  if (is === was) return [];
  const one = found(change, entityOf(event), 'issuer or audience', is, was);
  const certain = before !== undefined || verb === 'create' || event.method === 'PATCH';
  return [certain ? one : { ...one, verdict: 'undetermined' }];
}

function trustOf(claims: TrailClaims): string | undefined {
  const parts = [textOf(claims, 'issuer'), textOf(claims, 'audience')].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(' ');
}
