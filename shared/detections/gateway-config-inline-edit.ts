import type { TrailEvent } from '../model/trail-event.ts';
import { defineChangeDetection, type Change } from './change.ts';
import { byDeployer } from './deployers.ts';
import { evidence, isTrue, textOf } from './evidence.ts';
import { collectionsOf, entityOf, verbOf } from './gateway-entity.ts';
import { isDone, whoOf } from './kinds.ts';

export const gatewayConfigInlineEdit = defineChangeDetection({
  id: 'gateway-config-inline-edit',
  number: 'D04',
  version: 1,
  title: 'Gateway route, plugin, consumer or ACL changed outside CI',
  severity: 'high',
  why: 'The gateway decides who reaches the job APIs; what is changed there by hand is in no review and in no repository.',
  runbook: [
    'Compare `entity` with the reviewed configuration and apply that again.',
    'Read `opens`: an authentication plugin that is gone lets everybody onto its `route`; list what passed since.',
    'Ask `by` for the ticket; users of CI and of controllers belong into `deployers`.',
  ],
  evidence: ['entity', 'verb', 'plugin', 'route', 'opens', 'by', 'callerIp'],
  maps: {
    attack: ['T1685', 'T1556'],
    soc2: ['CC8.1', 'CC6.1'],
    iso27001: ['A.8.32', 'A.8.9', 'A.8.21'],
  },
  peers: [],
  gaps: [
    'A gateway without a database records neither the push nor its hash.',
    'Which routes are those of jobs is not declared: every route counts.',
    'A change by a declared deployer without a deploy record shows once records are held against it.',
  ],
  sources: ['kong', 'kubernetes'],
  on: ['policy.change', 'credential.create', 'credential.revoke', 'network.change'],
  compare: (change, declared) => {
    const { event, after } = change;
    if (!isDone(event) || byDeployer(event, declared) || !isOfGateway(event)) return [];
    const opens = openedBy(change);
    const entity = entityOf(event);
    return [
      {
        key: `${textOf(after, 'workspace') ?? event.project ?? '-'} ${entity}`,
        severity: opens === undefined ? 'high' : 'critical',
        summary: `${whoOf(event)} changed ${entity} of the gateway outside of CI${opens === undefined ? '' : `: ${opens}`}.`,
        evidence: evidence(
          ['entity', entity],
          ['verb', verbOf(event)],
          ['plugin', pluginOf(event)],
          ['route', textOf(after, 'route') ?? textOf(after, 'service')],
          ['opens', opens],
          ['by', event.actor?.id],
          ['callerIp', textOf(after, 'callerIp')],
        ),
      },
    ];
  },
});

const GROUPS = ['configuration.konghq.com/', 'gateway.networking.k8s.io/', 'networking.k8s.io/ingress'];

function isOfGateway(event: TrailEvent): boolean {
  const { source, claims } = event;
  if (source === 'kubernetes') {
    const kind = textOf(claims, 'kind') ?? '';
    return GROUPS.some((group) => kind.startsWith(group));
  }
  // An authorization of Konnect is a decision; the call itself has a record of its own.
  if (source !== 'kong' || event.method.startsWith('Authz.')) return false;
  return collectionsOf(event).length > 0;
}

/** Plugins without which a route takes anybody's requests. */
const GUARDS: ReadonlySet<string> = new Set([
  'openid-connect',
  'jwt',
  'acl',
  'mtls-auth',
  'request-termination',
]);

const pluginOf = (event: TrailEvent): string | undefined => {
  const { claims } = event;
  if (event.source === 'kubernetes') return textOf(claims, 'plugin');
  return entityOf(event).includes('plugins') ? textOf(claims, 'entityName') : undefined;
};

function openedBy({ event, before, after }: Change): string | undefined {
  if (isTrue(after, 'anonymous') && (before === undefined || !isTrue(before, 'anonymous')))
    return 'callers without credentials are let in';
  // A request that deletes or disables has the id alone; what was before knows the name.
  const plugin = pluginOf(event) ?? (before === undefined ? undefined : textOf(before, 'entityName'));
  if (plugin === undefined || !GUARDS.has(plugin)) return undefined;
  if (verbOf(event) === 'delete') return `${plugin} is gone`;
  const off = after['enabled'] === false || isTrue(after, 'disabled');
  const wasOff = before !== undefined && (before['enabled'] === false || isTrue(before, 'disabled'));
  return off && !wasOff ? `${plugin} is switched off` : undefined;
}
