/** Watermarks of what verdicts wait for: a source, a path, or all of a plane. */
import type { WatermarkOf } from '../verdict.ts';
import type { PathHealth } from './status.ts';
import { isAwaited, planeOf, sourceOfPath } from './path.ts';

/** Undefined where none was ever seen, and where one that is waited for was never vouched for. */
export function watermarkOf(healths: readonly PathHealth[]): WatermarkOf {
  const known = new Map<string, string | undefined>();
  return (awaited) => {
    if (!known.has(awaited)) known.set(awaited, least(pathsOf(healths, awaited)));
    return known.get(awaited);
  };
}

/**
 * A path that came up a moment ago holds nothing while there are others, and records that anybody could have written never do:
 * else one entry could stop everything.
 */
function pathsOf(healths: readonly PathHealth[], awaited: string): readonly PathHealth[] {
  const all = healths.filter(
    ({ path, status }) => status !== 'retired' && isAwaited(path) && isOf(path, awaited),
  );
  const held = all.filter((health) => health.awaited);
  return held.length > 0 ? held : all.filter(({ status }) => status !== 'unseen');
}

const isOf = (path: string, awaited: string): boolean =>
  path === awaited || sourceOfPath(path) === awaited || planeOf(path) === awaited;

function least(healths: readonly PathHealth[]): string | undefined {
  let all: string | undefined;
  for (const { watermark } of healths) {
    if (watermark === undefined) return undefined;
    if (all === undefined || watermark < all) all = watermark;
  }
  return all;
}

/**
 * Of a file that was read to its end: every record that it has is here, and of what it has no record of nothing is known.
 * @param seen paths of its records
 * @param end the end of the input's time
 */
export function watermarksAtEnd(seen: Iterable<string>, end: string): WatermarkOf {
  const known = new Set<string>();
  for (const path of seen) {
    known.add(path).add(sourceOfPath(path));
    const plane = planeOf(path);
    if (plane !== undefined) known.add(plane);
  }
  return (awaited) => (known.has(awaited) ? end : undefined);
}

/**
 * Whether something that happened then may be missing for good: nothing vouched for the path at that time. Silence of a path
 * that anybody can write into excuses nothing: else one forged record made every absence around it doubtful.
 */
export function inGap(healths: readonly PathHealth[], awaited: string, from: string, until: string): boolean {
  return healths.some(
    ({ path, gaps }) =>
      isAwaited(path) && isOf(path, awaited) && gaps.some(([begin, end]) => begin <= until && end >= from),
  );
}
