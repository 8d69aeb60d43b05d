/** What the files of rules say beside their findings: of the catalogue, and of the organisation's own. */
import type { Detection } from '../detections/detection.ts';
import { DETECTIONS } from '../detections/index.ts';
import type { DescribeRule } from './notice-of.ts';

/** @param own rules of the bundle */
export function describeRules(own: readonly Detection[]): DescribeRule {
  const rules = new Map([...own, ...DETECTIONS].map((detection) => [detection.id, detection]));
  return (rule) => rules.get(rule);
}
