/**
 * Records come one after the other, in any order, and each re-judges only the anchors it is said to reach. What then stands of
 * every anchor must be what is said when everything is there at once: a rule that does not name an anchor leaves it wrong.
 */
import { describe, expect, it } from 'vitest';
import { anchorOfSighting } from '../../shared/corroboration/anchors.ts';
import { createFactCache } from '../../shared/corroboration/fact-cache.ts';
import { anchorOf, type Anchor, type Rule } from '../../shared/corroboration/rule.ts';
import { dataAccessOutsideJobs } from '../../shared/corroboration/rules/data-access-outside-jobs.ts';
import { jobRanWithoutAuditRecord } from '../../shared/corroboration/rules/job-ran-without-audit-record.ts';
import { jobReadsUndeclaredData } from '../../shared/corroboration/rules/job-reads-undeclared-data.ts';
import { runtimeAccountNewService } from '../../shared/corroboration/rules/runtime-account-new-service.ts';
import { settle } from '../../shared/corroboration/settle.ts';
import { bundleOf } from '../detections/cases.ts';
import { casesOf, recordedOf } from './cases.ts';
import { memoryFacts, type Recorded } from './memory.ts';

const RULES: readonly Rule[] = [
  dataAccessOutsideJobs,
  jobRanWithoutAuditRecord,
  jobReadsUndeclaredData,
  runtimeAccountNewService,
];

type Case = ReturnType<typeof casesOf>[number];

/** What stands of each anchor after the records came in this order, in so many steps. */
async function standing(
  rule: Rule,
  one: Case,
  order: readonly Recorded[],
  isStepwise: boolean,
): Promise<ReadonlyMap<string, string>> {
  const bundle = bundleOf(one);
  const latest = new Map<string, string>();
  const known = new Set<string>();
  for (let count = isStepwise ? 1 : order.length; count <= order.length; count += 1) {
    const facts = memoryFacts(order.slice(0, count), () => bundle.facts);
    const all: readonly Anchor[] = [
      ...facts.events.map(anchorOf),
      ...facts.sightings.map((sighting) => anchorOfSighting(sighting)),
    ];
    const { judged } = await settle(
      all.filter(({ id }) => !known.has(id)),
      { rules: [rule], bundleAt: () => bundle, load: facts.load, cache: createFactCache() },
    );
    for (const { id } of all) known.add(id);
    for (const { anchor, judgements } of judged) latest.set(anchor.id, said(judgements));
  }
  return new Map([...latest].filter(([, text]) => text !== '[]').toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Without the event that a finding is about, which is told by its id. */
const said = (judgements: unknown): string =>
  JSON.stringify(judgements, (key, value: unknown) => (key === 'subject' ? undefined : value));

describe.each(RULES)('$id', (rule) => {
  it.each(casesOf(rule.id))('$name', async (one) => {
    const recorded = await recordedOf(one.entries, bundleOf(one));
    const atOnce = await standing(rule, one, recorded, false);
    expect(await standing(rule, one, recorded, true)).toEqual(atOnce);
    // How long a log has been recorded is known before: it is what a first day, and learning, are measured from.
    const [oldest, ...rest] = recorded.toSorted((a, b) => (a.event.time < b.event.time ? -1 : 1));
    const reversed = [...(oldest === undefined ? [] : [oldest]), ...rest.toReversed()];
    expect(await standing(rule, one, reversed, true)).toEqual(atOnce);
  });
});
