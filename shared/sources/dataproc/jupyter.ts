/**
 * Jupyter on a cluster (`jupyter_notebook`, `jupyter_kernel_gateway`): kernels and terminals are work outside the job
 * API. The server's log names no user.
 */
import type { LogEntry } from '../../../schemas/log-entry.ts';
import type { Action, Normalised } from '../../model/event.ts';
import { resourceLabel } from '../fields.ts';
import { claim, event, filtered, regionLabel, type Claims, type Draft } from './draft.ts';

/** What a line begins with, behind its `[I 2026-11-20 12:00:00.000 ServerApp] `. */
const BEGINNINGS: readonly (readonly [text: string, action: Action])[] = [
  ['Kernel started: ', 'session.run'],
  ['Kernel restarted: ', 'session.run'],
  ['New terminal with ', 'exec.interactive'],
];
const KERNEL = /^[0-9a-f-]{36}$/;

export function jupyterLine(entry: LogEntry, log: string, line: string): Normalised {
  const text = withoutHead(line);
  const found = BEGINNINGS.find(([beginning]) => text.startsWith(beginning));
  if (found === undefined) return filtered('dataproc-log-jupyter');
  const [beginning, action] = found;
  const project = resourceLabel(entry, 'project_id');
  const region = regionLabel(entry);
  const claims: Claims = {};
  claim(claims, 'cluster', resourceLabel(entry, 'cluster_name'));
  claim(claims, 'clusterUuid', resourceLabel(entry, 'cluster_uuid'));
  const kernel = text.slice(beginning.length, beginning.length + 36);
  if (action === 'session.run' && KERNEL.test(kernel)) claims['kernel'] = kernel;
  const draft: Draft = {
    action,
    outcome: 'allowed',
    method: log,
    identity: { absent: 'not-recorded' },
    via: 'direct',
    provenance: 'tenant',
    claims,
  };
  if (project !== undefined) draft.project = project;
  if (region !== undefined) draft.location = region;
  return event(draft);
}

const MAX_HEAD = 96;

function withoutHead(line: string): string {
  if (line.charCodeAt(0) !== 0x5b) return line;
  const end = line.indexOf('] ');
  return end > 0 && end < MAX_HEAD ? line.slice(end + 2) : line;
}
