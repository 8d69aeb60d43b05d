/**
 * What Databricks audits, and what it means: `service.action`, compared in lower case. Services and actions from the
 * audit log reference (https://docs.databricks.com/gcp/admin/account-settings/audit-logs) and from public queries on it.
 */
import type { Action } from '../../model/event.ts';
import { ACCOUNT_METHODS } from './methods-account.ts';
import { DATA_METHODS } from './methods-data.ts';
import { WORK_METHODS } from './methods-work.ts';

/** Service → action of ours → names of its actions, divided by spaces. */
export type MethodTable = Readonly<Record<string, Partial<Readonly<Record<Action, string>>>>>;

export interface Method {
  /** As the documentation spells it: `jobs.runNow`. */
  readonly name: string;
  readonly action: Action;
}

const BY_NAME = new Map<string, Method>();
for (const table of [WORK_METHODS, ACCOUNT_METHODS, DATA_METHODS]) {
  for (const [service, actions] of Object.entries(table)) {
    for (const [action, names] of Object.entries(actions) as [Action, string][]) {
      for (const own of names.trim().split(/\s+/)) {
        const name = `${service}.${own}`;
        BY_NAME.set(name.toLowerCase(), { name, action });
      }
    }
  }
}

/** Written differently by different versions of the platform, or by those who describe it. */
const SAME_SERVICE: ReadonlyMap<string, string> = new Map([
  ['modelserving', 'serverlessrealtimeinference'],
  ['deltasharingcontrol', 'unitycatalog'],
]);

export const METHODS: readonly string[] = [...BY_NAME.values()].map(({ name }) => name);

/** Undefined for what no list here names. */
export function methodOf(service: string, action: string): Method | undefined {
  const lower = service.toLowerCase();
  const key = action.toLowerCase();
  const known = BY_NAME.get(`${lower}.${key}`);
  if (known !== undefined) return known;
  const same = SAME_SERVICE.get(lower);
  return same === undefined ? undefined : BY_NAME.get(`${same}.${key}`);
}
