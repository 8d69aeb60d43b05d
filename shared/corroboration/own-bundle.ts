/** What is wrong with the bundle in force, with those that will be, and with what functions decide by. */
import { later, MINUTE_MS } from '../alerts/times.ts';
import { listOf, textOf } from '../detections/evidence.ts';
import type { BundleInForce } from '../store/bundles.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { recordsUntil } from './deploy-record.ts';
import { isSamePerson, type OwnConfig, type Problem } from './own-problem.ts';

/** While a rollout is under way the bundle before is as good. */
const ROLLOUT_MS = 15 * MINUTE_MS;
/** What the deploy record of a bundle names, with its digest as `sha256`. */
const BUNDLE_OBJECT = 'jobtrail:bundle';

export function bundleProblems(own: OwnConfig): readonly Problem[] {
  const { bundles, now } = own;
  const inForce = bundles.findLast(({ from }) => from <= now);
  const current = bundles.filter((one) => one === inForce || one.from > now);
  return [...current.flatMap((bundle) => problemsOf(bundle, own)), ...strayProblems(own)];
}

function problemsOf(bundle: BundleInForce, { records, declared, now }: OwnConfig): readonly Problem[] {
  const { commit, reviewer, pushedBy, pushedAt, digest, from } = bundle;
  const problem = (what: string): Problem => ({
    artefact: `bundle ${digest.slice(0, 16)}`,
    what,
    by: pushedBy,
    at: pushedAt,
    fields: [
      ['reviewer', reviewer],
      ['commit', commit],
      ['from', from],
    ],
  });
  const problems: Problem[] = [];
  if (isSamePerson(pushedBy, reviewer)) problems.push(problem('whoever pushed it is its reviewer'));
  const isAwaited = now < recordsUntil(pushedAt, declared);
  const isHeld = declared.corroboration.deployRecords === 'required';
  if (isHeld && !isAwaited && !records.some((record) => tellsOf(record, bundle)))
    problems.push(problem('no signed deploy record tells of its commit'));
  return problems;
}

/** A signed record of the commit; where it names the bundle, it has to be this one. */
function tellsOf({ provenance, claims }: TrailEvent, { commit, digest }: BundleInForce): boolean {
  if (provenance !== 'signed' || textOf(claims, 'commit') !== commit.toLowerCase()) return false;
  const named = listOf(claims, 'objects').filter(([uri]) => uri === BUNDLE_OBJECT);
  return named.length === 0 || named.some((object) => object.includes(`sha256:${digest}`));
}

/** Functions that decide by what is not in force, and was not a quarter of an hour ago. */
function strayProblems({ bundles, running, now }: OwnConfig): readonly Problem[] {
  const since = later(now, -ROLLOUT_MS);
  const newest = bundles.findLast(({ from }) => from <= now);
  if (newest === undefined) return [];
  const then = bundles.findLast(({ from }) => from <= since);
  // Before the first push there was the functions' own file.
  if (then === undefined) return [];
  const valid = new Set(
    bundles.filter(({ from }) => from >= then.from && from <= now).map(({ digest }) => digest),
  );
  return running
    .filter(({ digest }) => !valid.has(digest))
    .map(({ where, digest }) => ({
      artefact: `bundle ${newest.digest.slice(0, 16)}`,
      what: `${where} decides by another one`,
      by: newest.pushedBy,
      at: newest.pushedAt,
      fields: [
        ['commit', newest.commit],
        ['from', newest.from],
        ['running', digest],
      ],
    }));
}
