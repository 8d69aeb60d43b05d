/** What rules say beside their findings: of the catalogue, and of the organisation's own. */
import { CATALOGUE } from '../corroboration/catalogue.ts';
import type { Detection } from '../detections/detection.ts';
import { DETECTIONS } from '../detections/index.ts';
import type { DescribeRule, RuleText } from './notice-of.ts';

/** @param own rules of the bundle */
export function describeRules(own: readonly Detection[]): DescribeRule {
  const rules = new Map<string, RuleText>(
    [...own, ...CATALOGUE, ...DETECTIONS].map((rule) => [rule.id, rule]),
  );
  return (rule) => rules.get(rule);
}
