import { isPublicMember } from '../audit/iam-policy.ts';
import { parseGoogleMember } from '../identity/grammar/google-member.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { bindingsOf, mostTellingFirst, type Binding } from './bindings.ts';
import { masks } from './change.ts';
import type { DeclaredFacts } from './declared-facts.ts';
import { byDeployer } from './deployers.ts';
import { defineDetection, type Found } from './detection.ts';
import { evidence, listOf, textOf } from './evidence.ts';
import { isOnPath, writingsOn, type Writing } from './evidence-places.ts';
import { isAgentRole } from './evidence-roles.ts';
import { isDone, whoOf } from './kinds.ts';

export const evidenceWriterAdded = defineDetection({
  id: 'evidence-writer-added',
  version: 1,
  title: 'Right to write what counts as evidence given',
  severity: 'high',
  why: 'Whoever publishes to a topic that evidence passes, or writes entries where mesh and gateway log, can invent the records that verdicts rest on. An hour is enough for that, and they stay.',
  runbook: [
    'Ask `by` why `member` needs `role` on `resource`; a grant that ends by itself is no smaller, since what is written stays.',
    'Take it back. What is needed goes into the reviewed configuration, with the member among `evidenceWriters`.',
    'Who published a message is in no log: hold the records since the grant against the log bucket; what that does not have was made up.',
  ],
  evidence: ['resource', 'role', 'member', 'condition', 'writes', 'permissions', 'what', 'by'],
  maps: {
    attack: ['T1098.003', 'T1565.002'],
    soc2: ['CC6.3', 'CC7.2'],
    iso27001: ['A.5.28', 'A.8.15'],
  },
  peers: [],
  gaps: [
    'What a custom role contains is not in the entry that grants it, and who has one not in the entry that widens it: undetermined.',
    'Without `exportPath` in the configuration nobody knows which topics matter: undetermined. Without `meshProjects` no log of a hop is evidence, and nothing is found of those who write them.',
    'Whether a folder holds such a project is not in the entry: undetermined.',
    'A condition is shown and not read: one that takes away what the role gives is found all the same.',
    'Who may set the policy of a topic or a project is found with the grant that he makes, not before.',
    'Whoever joins a group that has the right, and what runs as an account that has it.',
    'Whether a topic was given a source or a transformation, or rid of one, is not read from the entry.',
  ],
  sources: ['pubsub', 'iam'],
  on: ['iam.change', 'log.change', 'schema.change'],
  decide: ({ event, declared }) => {
    if (!isDone(event)) return [];
    const deployed = byDeployer(event, declared);
    const found = [
      ...granted(event, declared, deployed),
      ...(deployed ? [] : [...roleWidened(event, declared), ...pathRewritten(event, declared)]),
    ];
    return mostTellingFirst(found);
  },
});

function granted(event: TrailEvent, declared: DeclaredFacts, deployed: boolean): readonly Found[] {
  const writings = writingsOn(event, declared);
  if (writings.length === 0) return [];
  const { added, removed, standing, cut } = bindingsOf(event.claims);
  // A reviewed configuration does not let everybody write.
  const counts = ({ member }: Binding): boolean => !deployed || isPublicMember(member);
  const found = [
    ...added
      .filter(counts)
      .flatMap((grant) => foundOf(event, declared, grant, withoutStanding(writings, grant, removed))),
    ...standing.filter(counts).flatMap((grant) =>
      foundOf(event, declared, grant, writings).map((one): Found =>
        // Of a policy that was set whole it is not known what is new; what is open to everybody is wrong either way.
        isPublicMember(grant.member) ? one : { ...one, verdict: 'undetermined' },
      ),
    ),
  ];
  return cut && !deployed ? [...found, beyond(event)] : found;
}

/** What the member could not write before: a binding that is taken and given in one change, or given for less, gives nothing. */
const withoutStanding = (
  writings: readonly Writing[],
  { role, member, condition }: Binding,
  removed: readonly Binding[],
): readonly Writing[] =>
  writings.filter(
    ({ by }) =>
      !removed.some(
        (one) =>
          one.member === member &&
          (one.role === role || by(one.role) === true) &&
          (one.condition === undefined || one.condition === condition),
      ),
  );

function foundOf(
  event: TrailEvent,
  declared: DeclaredFacts,
  grant: Binding,
  writings: readonly Writing[],
): readonly Found[] {
  const { role, member, condition } = grant;
  const given = writings.filter(({ by }) => by(role) !== false);
  if (given.length === 0 || isMeant(event, declared, grant)) return [];
  const certain = given.filter(({ isThere, by }) => isThere === true && by(role) === true);
  const writes = (certain.length === 0 ? given : certain).map(({ what }) => what).join(' and ');
  const { resource } = event;
  return [
    {
      key: `${resource ?? '-'} ${role} ${member}`,
      severity: isFromOutside(member, declared) ? 'critical' : 'high',
      summary: `${whoOf(event)} gave ${member} ${role} on ${resource ?? 'a resource that is not named'}: ${certain.length === 0 ? 'perhaps ' : ''}enough to write ${writes}.`,
      evidence: evidence(
        ['resource', resource],
        ['role', role],
        ['member', member],
        ['condition', condition],
        ['writes', writes],
        ['by', event.actor?.id],
      ),
      ...(certain.length === 0 ? { verdict: 'undetermined' as const } : {}),
    },
  ];
}

const isFromOutside = (member: string, declared: DeclaredFacts): boolean =>
  isPublicMember(member) || member.startsWith('domain:') || declared.isExternalMember(member) === true;

/**
 * Sinks write what was logged, under the name of its log. On a topic Cloud Storage tells of objects, and Pub/Sub itself
 * moves what was delivered in vain to where dead letters are kept. Other agents publish what whoever asks them wants.
 */
const SINK = /^serviceAccount:[a-z0-9-]{1,64}@gcp-sa-logging\.iam\.gserviceaccount\.com$/;
const STORAGE = /^serviceAccount:service-[0-9]{1,20}@gs-project-accounts\.iam\.gserviceaccount\.com$/;
const PUBSUB = /^serviceAccount:service-[0-9]{1,20}@gcp-sa-pubsub\.iam\.gserviceaccount\.com$/;

/** Declared, or one of Google's own writers, of this organisation, for what it is there for. */
function isMeant({ resource = '' }: TrailEvent, declared: DeclaredFacts, { role, member }: Binding): boolean {
  const identity = parseGoogleMember(member);
  if (identity !== undefined && declared.isEvidenceWriter(identity.id)) return true;
  if (declared.isExternalMember(member) === true) return false;
  if (SINK.test(member)) return true;
  if (isAgentRole(role)) return identity?.kind === 'system';
  const isTopic = resource.includes('/topics/');
  return isTopic && (STORAGE.test(member) || (PUBSUB.test(member) && resource.endsWith('-dead')));
}

/** A custom role that gets the right gives it to everybody who has the role. One that is made is had by nobody yet. */
function roleWidened(event: TrailEvent, declared: DeclaredFacts): readonly Found[] {
  const { claims, method, project } = event;
  const role = textOf(claims, 'role');
  if (role === undefined || method.endsWith('CreateRole')) return [];
  const listed = new Set([...listOf(claims, 'addedPermissions'), ...listOf(claims, 'permissions')].flat());
  // Roles of a project are granted in it and nowhere else.
  const resource = role.split('/').slice(0, 2).join('/');
  const permissions = writingsOn({ resource, project }, declared)
    .map(({ permission }) => permission)
    .filter((one) => listed.has(one));
  if (permissions.length === 0) return [];
  return [
    {
      key: `${role} permissions`,
      summary: `${whoOf(event)} let everybody who has a custom role write what may count as evidence.`,
      evidence: evidence(['role', role], ['permissions', permissions.join(' ')], ['by', event.actor?.id]),
      verdict: 'undetermined',
    },
  ];
}

/** What writes to a topic, or over its messages, without anybody's right to publish. */
const REWRITES = [
  ['ingestionDataSourceSettings', 'takes in messages from elsewhere'],
  ['messageTransforms', 'has messages rewritten on their way'],
] as const;

function pathRewritten(event: TrailEvent, declared: DeclaredFacts): readonly Found[] {
  const { method, claims, resource } = event;
  const mask = textOf(claims, 'updateMask');
  if (mask === undefined || !/\.Update(?:Topic|Subscription)$/.test(method)) return [];
  const what = REWRITES.find(([field]) => masks(mask, field))?.[1];
  const matters = isOnPath(event, declared);
  if (what === undefined || matters === false) return [];
  return [
    {
      key: `${resource ?? event.id} ${what}`,
      summary: `${whoOf(event)} changed whether ${resource ?? 'a topic that is not named'} ${what}.`,
      evidence: evidence(['resource', resource], ['what', what], ['by', event.actor?.id]),
      verdict: matters === true ? 'violation' : 'undetermined',
    },
  ];
}

const beyond = (event: TrailEvent): Found => ({
  key: `${event.resource ?? '-'} beyond what is listed`,
  summary: `${whoOf(event)} changed more bindings than the entry's list holds, where evidence may be written.`,
  evidence: evidence(['resource', event.resource], ['by', event.actor?.id]),
  verdict: 'undetermined',
});
