import type { TrailEvent } from '../model/trail-event.ts';
import { isObject, list, obj, own, str, strings, type Json } from '../sources/fields.ts';
import { parseJson } from './claimed-json.ts';
import { byDeployer } from './deployers.ts';
import { defineDetection, type Found } from './detection.ts';
import { evidence, listOf, textOf } from './evidence.ts';
import { isDone, whoOf } from './kinds.ts';

export const vpcScOrAccessPolicyWeakened = defineDetection({
  id: 'vpc-sc-or-access-policy-weakened',
  version: 1,
  title: 'Service perimeter or access level weakened',
  severity: 'high',
  why: 'The perimeter keeps data in where permissions do not; without it, or with a hole in it, a copy to another project is one call.',
  runbook: [
    'Compare `object` with its version before (PolicyVersions): `weakness` says what is open now.',
    'Ask `principal` for the change; put the perimeter back first where there is none.',
    'Look for copies and reads across the perimeter since: rules bq-destination-outside-org, gcs-destination-outside-org.',
  ],
  evidence: ['object', 'weakness', 'method', 'updateMask', 'principal', 'callerIp'],
  maps: {
    attack: ['T1685', 'T1537'],
    soc2: ['CC6.6', 'CC6.7', 'CC8.1'],
    iso27001: ['A.8.22', 'A.8.9', 'A.8.12'],
  },
  peers: ['Sigma gcp_access_policy_deleted', 'ETD Defense Evasion: Modify VPC Service Control'],
  gaps: [
    'What an update took away is seen against the version before, which one entry does not hold: an update outside CI is shown undetermined.',
    'Dry-run configurations are not judged.',
  ],
  sources: ['platform'],
  on: ['network.change', 'policy.change'],
  decide: ({ event, declared }) => {
    const { actor, claims, method } = event;
    const name = method.slice(method.lastIndexOf('.') + 1);
    if (!CHANGES.test(name) || !isDone(event)) return [];
    const object = objectOfChange(event) ?? name;
    const weakness = name.startsWith('Delete') ? 'it was deleted' : weaknessOf(event);
    // A new perimeter or level takes nothing from those that are there.
    if (
      weakness === undefined &&
      (byDeployer(event, declared) || name.startsWith('Create') || !isEnforced(event))
    )
      return [];
    const found: Found = {
      key: `${textOf(claims, 'accessPolicy') ?? '-'} ${object}`,
      summary: `${whoOf(event)} changed ${object} outside CI; what it was before is not in the entry.`,
      evidence: evidence(
        ['object', object],
        ['weakness', weakness],
        ['method', method],
        ['updateMask', textOf(claims, 'updateMask')],
        ['principal', actor?.id],
        ['callerIp', textOf(claims, 'callerIp')],
      ),
    };
    return weakness === undefined
      ? [{ ...found, severity: 'medium', verdict: 'undetermined' }]
      : [{ ...found, summary: `${whoOf(event)} weakened ${object}: ${weakness}.` }];
  },
});

function objectOfChange({ claims, resource }: TrailEvent): string | undefined {
  const perimeter = textOf(claims, 'perimeter');
  if (perimeter !== undefined) return `the perimeter ${perimeter}`;
  const level = textOf(claims, 'accessLevel');
  return level === undefined ? resource : `the access level ${level}`;
}

const CHANGES =
  /^(?:Create|Update|Delete|Replace|Commit)(?:ServicePerimeters?|AccessLevels?|AccessPolicy|GcpUserAccessBinding)$/;

/** Fields that keep nobody in or out: what a perimeter would do (its dry run), and what things are called. */
const HARMLESS = /^(?:spec(?:\..*)?|use_?explicit_?dry_?run_?spec|title|description)$/i;

function isEnforced({ claims }: TrailEvent): boolean {
  const mask = textOf(claims, 'updateMask');
  return mask === undefined || mask.split(',').some((path) => !HARMLESS.test(path));
}

/** What the object lets in or out, as it stands after the change. */
function weaknessOf(event: TrailEvent): string | undefined {
  const { claims, method } = event;
  const spec = parseJson(textOf(claims, 'spec'));
  if (method.endsWith('AccessLevel')) return letsEverybodyIn(spec) ? 'everybody fits it' : undefined;
  // What is enforced is told of one perimeter alone, and not of its dry run.
  if (claims['egressPolicies'] === undefined || !isEnforced(event)) return undefined;
  if (method.endsWith('UpdateServicePerimeter')) {
    if (listOf(claims, 'restrictedServices').length === 0) return 'it restricts no service';
    if (listOf(claims, 'resources').length === 0) return 'no project is in it';
  }
  if (list(spec, 'egressPolicies').some((policy) => goesAnywhere(policy)))
    return 'data may leave to any project';
  if (list(spec, 'ingressPolicies').some((policy) => comesFromAnywhere(policy)))
    return 'anybody may come in from anywhere';
  return undefined;
}

/** `egressTo.resources: ["*"]`, for whom and which operations ever. */
const goesAnywhere = (policy: unknown): boolean =>
  strings(part(policy, 'egressTo'), 'resources').includes('*');

function comesFromAnywhere(policy: unknown): boolean {
  const from = part(policy, 'ingressFrom');
  if (str(from, 'identityType') !== 'ANY_IDENTITY') return false;
  return list(from, 'sources').some((source) => isObject(source) && own(source, 'accessLevel') === '*');
}

const part = (value: unknown, key: string): Json | undefined =>
  isObject(value) ? obj(value, key) : undefined;

/** Conditions are joined by AND unless said otherwise; one without attributes is met by everybody. */
function letsEverybodyIn(spec: Json | undefined): boolean {
  const conditions = list(spec, 'conditions').filter(isObject);
  if (conditions.length === 0) return false;
  const isEmpty = (condition: Json): boolean => Object.keys(condition).length === 0;
  return str(spec, 'combiningFunction') === 'OR' ? conditions.some(isEmpty) : conditions.every(isEmpty);
}
