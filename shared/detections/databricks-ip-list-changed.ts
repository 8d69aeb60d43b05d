import type { TrailEvent } from '../model/trail-event.ts';
import { byDeployer } from './deployers.ts';
import { defineDetection } from './detection.ts';
import { evidence, textOf } from './evidence.ts';
import { whoOf } from './kinds.ts';
import { verdictOf } from './verdict.ts';

export const databricksIpListChanged = defineDetection({
  id: 'databricks-ip-list-changed',
  version: 1,
  title: 'IP access list of Databricks changed',
  severity: 'medium',
  why: 'The list decides from where a stolen token can be used; without one that is anywhere.',
  runbook: [
    'Look from where `principal` may come in now: `ipAccessList` after `method`; a deleted list lets everybody come.',
    'Ask for the change; put the list back where nobody asked for it.',
    'List sign-ins from addresses that the list before would have refused.',
  ],
  evidence: ['method', 'ipAccessList', 'setting', 'principal', 'callerIp'],
  maps: { attack: ['T1686', 'T1133'], soc2: ['CC6.6', 'CC8.1'], iso27001: ['A.8.20', 'A.8.32'] },
  peers: ['Panther databricks_config_changes_high_priority'],
  gaps: ['Which addresses the list had before is not in the entry.'],
  sources: ['databricks'],
  on: ['network.change', 'policy.change'],
  decide: ({ event, declared }) => {
    const { source, actor, claims, method, project } = event;
    const verdict = verdictOf(event);
    if (source !== 'databricks' || verdict === undefined) return [];
    const opened = opens(event);
    const isList = LISTS.test(method);
    if (!isList && !opened) return [];
    if (!opened && byDeployer(event, declared)) return [];
    return [
      {
        key: project ?? method,
        severity: opened ? 'high' : 'medium',
        verdict,
        summary: `${whoOf(event)} ${opened ? 'opened' : 'changed'} from where ${project ?? 'Databricks'} can be reached.`,
        evidence: evidence(
          ['method', method],
          ['ipAccessList', textOf(claims, 'ipAccessList')],
          ['setting', textOf(claims, 'settingKeys')],
          ['principal', actor?.id],
          ['callerIp', textOf(claims, 'callerIp')],
        ),
      },
    ];
  },
});

const LISTS = /\.(?:create|update|delete)IpAccessList$/;
const ANYWHERE: ReadonlySet<string> = new Set(['0.0.0.0/0', '::/0']);

/** A list was deleted, holds everything, or lists are no longer asked. */
function opens({ method, claims }: TrailEvent): boolean {
  if (method.endsWith('.deleteIpAccessList')) return true;
  const addresses = (textOf(claims, 'ipAccessList') ?? '').replaceAll(/[[\]\s"]/g, '').split(',');
  if (LISTS.test(method)) return addresses.some((address) => ANYWHERE.has(address));
  return (
    method === 'workspace.workspaceConfEdit' &&
    textOf(claims, 'settingKeys') === 'enableIpAccessLists' &&
    textOf(claims, 'settingValues') === 'false'
  );
}
