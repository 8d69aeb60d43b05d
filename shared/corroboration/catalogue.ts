/**
 * What every rule says of itself that is no detection of one entry: rules over several records, rules about the paths that records
 * come by, and the one about what Jobtrail itself goes by. Alerts and the documentation have their texts from here. A rule that
 * takes a detection again has the detection's id and text, and is not listed a second time.
 */
import { DETECTIONS } from '../detections/index.ts';
import { HEALTH_RULES } from './health/rules.ts';
import { detectorConfigTampered } from './own-config.ts';
import type { Rule } from './rule.ts';
import { RULES } from './rules/index.ts';

type Text = Pick<
  Rule,
  | 'id'
  | 'number'
  | 'version'
  | 'kind'
  | 'title'
  | 'severity'
  | 'why'
  | 'runbook'
  | 'evidence'
  | 'maps'
  | 'peers'
  | 'gaps'
  | 'sources'
>;

/** What a rule looks at: several records together, the paths that they come by, or Jobtrail's own configuration. */
export type RuleGroup = 'records' | 'paths' | 'own';

export interface CatalogueRule
  extends Text, Partial<Pick<Rule, 'on' | 'onSightings' | 'expects' | 'partners'>> {
  readonly group: RuleGroup;
}

const OF_ONE_ENTRY: ReadonlySet<string> = new Set(DETECTIONS.map(({ id }) => id));

const inGroup =
  (group: RuleGroup) =>
  (rule: Omit<CatalogueRule, 'group'>): CatalogueRule => ({ ...rule, group });

export const CATALOGUE: readonly CatalogueRule[] = [
  ...RULES.filter(({ id }) => !OF_ONE_ENTRY.has(id)).map(inGroup('records')),
  ...HEALTH_RULES.map(inGroup('paths')),
  inGroup('own')(detectorConfigTampered),
];
