/**
 * Whether an environment declares anything about a verb: some permit might hold for it there, for somebody. Where nothing
 * is declared nothing is undeclared, so that policies can be introduced environment by environment and verb by verb.
 */
import { prepareSet } from './cedar.ts';
import type { ParsedPolicy } from './policy-files.ts';
import { forAnybody, reducedTo } from './reduce.ts';
import type { CedarRequest } from './request.ts';
import type { Usage } from './usage.ts';

/** @param set name for the policies as they are prepared */
export function coverageOf(
  set: string,
  policies: readonly ParsedPolicy[],
): (request: CedarRequest) => boolean {
  const permits = policies.filter(({ effect }) => effect === 'permit');
  const ask = prepareSet(
    set,
    permits.map(({ id, json }) => [id, forAnybody(reducedTo(json, isAboutPlace))] as const),
  );
  const known = new Map<string, boolean>();
  return (request) => {
    const environment = request.entities[1]?.attrs['environment'];
    // Nobody says where it is.
    if (typeof environment !== 'string') return false;
    // Environments are the configuration's, so that these are few.
    const key = `${request.action.id}\n${environment}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const { permits: found, failed } = ask(request);
    const covers = found.length > 0 || failed.length > 0;
    known.set(key, covers);
    return covers;
  };
}

/** Conditions on the verb, on the kind of thing and on the environment it is in. */
const isAboutPlace = ({ attributes, whole, tested }: Usage): boolean =>
  [...attributes].every((attribute) => attribute === 'resource.environment') &&
  [...whole].every((variable) => variable === 'action') &&
  [...tested].every((variable) => variable === 'action' || variable === 'resource');
