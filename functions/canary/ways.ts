/** Which way the canary of each declared path goes. */
import type { DeclaredCorroboration } from '../../shared/corroboration/declared.ts';
import { planeOf, sourceOfPath } from '../../shared/corroboration/health/path.ts';

export type Way =
  /** An entry in the log that the sink of the path takes. */
  | { readonly kind: 'log'; readonly path: string; readonly project: string }
  /** A request that the hop records. */
  | { readonly kind: 'probe'; readonly path: string; readonly url: string }
  | { readonly kind: 'none'; readonly path: string; readonly reason: string };

/** Their records are pushed, posted or asked for. */
const NOT_LOGGED: ReadonlySet<string> = new Set([
  'approvals',
  'deployments',
  'openlineage',
  'observed',
  'canary',
]);

/** Of every path that is declared to have a canary. */
export function waysOf(declared: DeclaredCorroboration, ownProject: string | undefined): readonly Way[] {
  return declared.paths.filter(({ canary, retired }) => canary && !retired).map(({ path }) => wayOf(path));

  function wayOf(path: string): Way {
    const said = declared.canary(path);
    const none = (reason: string): Way => ({ kind: 'none', path, reason });
    if (planeOf(path) !== undefined) {
      return said?.probe === undefined
        ? none('corroboration.canaries names no probe for it.')
        : { kind: 'probe', path, url: said.probe };
    }
    if (path !== sourceOfPath(path))
      return none('Its records come in files, along which nothing can be sent.');
    if (NOT_LOGGED.has(path)) return none('Its records do not come through Cloud Logging.');
    const project = said?.project ?? ownProject;
    return project === undefined
      ? none('Neither corroboration.canaries nor GOOGLE_CLOUD_PROJECT names a project to write to.')
      : { kind: 'log', path, project };
  }
}
