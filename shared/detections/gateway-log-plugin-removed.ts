import type { TrailEvent } from '../model/trail-event.ts';
import { isLogPlugin } from '../sources/kong/admin-actions.ts';
import { byDeployer } from './deployers.ts';
import { defineDetection, type Found } from './detection.ts';
import { evidence, numberOf, textOf } from './evidence.ts';
import { entityOf, verbOf } from './gateway-entity.ts';
import { isDone, whoOf } from './kinds.ts';

export const gatewayLogPluginRemoved = defineDetection({
  id: 'gateway-log-plugin-removed',
  number: 'L11',
  version: 1,
  title: 'Gateway stopped logging a job route',
  severity: 'high',
  why: 'What the gateway does not log it cannot vouch for: jobs that came through it look like jobs that went around it.',
  runbook: [
    'Look which route or service `plugin` was on (`route`), and whether another log plugin took its place within a minute.',
    'Put the plugin back, by CI; where records were thrown away, look what the log endpoint answered (`loss`).',
    'List job starts since that have no record of the gateway: the audit log is now their only witness.',
  ],
  evidence: ['entity', 'plugin', 'route', 'what', 'loss', 'lost', 'by'],
  maps: {
    attack: ['T1685.002'],
    soc2: ['CC7.2', 'CC8.1'],
    iso27001: ['A.8.15', 'A.8.9'],
  },
  peers: [],
  gaps: [
    'A request that deletes a plugin does not say which: it is undetermined, the audited object tells.',
    'A gateway without a database, and Konnect, record no plugin that was removed.',
  ],
  sources: ['kong', 'kubernetes'],
  on: ['log.change', 'policy.change', 'telemetry.write'],
  decide: ({ event, declared }) => {
    if (event.action === 'telemetry.write') return lost(event);
    if (!isDone(event)) return [];
    if (event.source === 'kubernetes') return ofCluster(event);
    if (event.source !== 'kong') return [];
    const verb = verbOf(event);
    if (event.action === 'policy.change') return verb === 'delete' ? unnamedPlugin(event) : [];
    if (verb === 'delete') return [removed(event, 'removed')];
    if (event.claims['enabled'] === false) return [removed(event, 'disabled')];
    return verb === 'update' && !byDeployer(event, declared) ? [removed(event, 'changed')] : [];
  },
});

function removed(event: TrailEvent, what: string): Found {
  const { claims } = event;
  const plugin = textOf(claims, 'entityName') ?? textOf(claims, 'plugin');
  const route = textOf(claims, 'route') ?? textOf(claims, 'service');
  return {
    key: `${textOf(claims, 'workspace') ?? event.project ?? '-'} ${entityOf(event)}`,
    summary: `${whoOf(event)} ${what === 'changed' ? 'changed' : `let be ${what}`} the plugin ${plugin ?? 'that is not named'}, which logs requests.`,
    evidence: evidence(
      ['entity', entityOf(event)],
      ['plugin', plugin],
      ['route', route],
      ['what', what],
      ['by', event.actor?.id],
    ),
  };
}

/** The path of a request that deletes a plugin has its id and not its name. */
function unnamedPlugin(event: TrailEvent): readonly Found[] {
  const entity = entityOf(event);
  // An object that is audited has its name, and is no log plugin.
  if (!entity.startsWith('plugins/') || textOf(event.claims, 'entityName') !== undefined) return [];
  return [{ ...removed(event, 'removed'), verdict: 'undetermined' }];
}

/** A KongPlugin or KongClusterPlugin: no other object names a plugin. */
function ofCluster(event: TrailEvent): readonly Found[] {
  const { claims } = event;
  if (!isLogPlugin(textOf(claims, 'plugin'))) return [];
  if (verbOf(event) === 'delete') return [removed(event, 'removed')];
  return claims['disabled'] === true ? [removed(event, 'disabled')] : [];
}

/** What the gateway says in its error log of records it threw away. */
function lost(event: TrailEvent): readonly Found[] {
  const { claims } = event;
  const loss = textOf(claims, 'loss');
  if (loss === undefined) return [];
  const plugin = textOf(claims, 'plugin');
  return [
    {
      key: `${event.project ?? '-'} ${textOf(claims, 'cluster') ?? '-'} ${plugin ?? '-'} lost`,
      summary: `The gateway threw away records of requests${plugin === undefined ? '' : ` that ${plugin} was to write`}.`,
      evidence: evidence(
        ['entity', textOf(claims, 'pod')],
        ['plugin', plugin],
        ['loss', loss],
        ['lost', numberOf(claims, 'lostRecords')],
      ),
    },
  ];
}
