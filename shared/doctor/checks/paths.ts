/** Paths that records come by, as reconcile last saw them: alive, and watched by a canary. */
import type { DeclaredPath } from '../../../schemas/corroboration.ts';
import type { PathState } from '../../corroboration/health/state.ts';
import { type CheckText, type Line, teller } from '../line.ts';

export const PATHS: CheckText = {
  name: 'paths',
  looksAt: 'the table Paths: when reconcile last ran, and the status of each path',
  wrongWhen: 'reconcile has not run for five minutes, a path is blind, or a required one was never seen',
  warnsWhen: 'a path is lagging',
};

export const CANARIES: CheckText = {
  name: 'canary',
  looksAt: 'when the canary of each path that has one came back last',
  wrongWhen: 'it never came, or is older than three rounds of the scheduler',
  warnsWhen: 'no path has a canary: an outage shows only when somebody misses records',
};

export interface PathFacts {
  readonly path: string;
  readonly updatedAt: string;
  readonly state: PathState;
}

export interface PathsQuestion {
  readonly paths: readonly PathFacts[];
  readonly declared: readonly DeclaredPath[];
  readonly canarySeconds: number;
  /** The database's clock, milliseconds. */
  readonly now: number;
  /** The command that starts a job of the scheduler. */
  readonly run: (job: string) => string;
  /** The command that shows what the function of a source printed last. */
  readonly logs: (source: string) => string;
}

const STALE_MS = 300_000;
const tellPath = teller(PATHS);
const tellCanary = teller(CANARIES);

export function checkPaths({ paths, declared, now, run, logs }: PathsQuestion): readonly Line[] {
  const newest = Math.max(...paths.map(({ updatedAt }) => Date.parse(updatedAt)));
  if (paths.length === 0) {
    return [
      tellPath.wrong(
        'reconcile',
        'reconcile has never run: no path is in the store',
        run('jobtrail-reconcile'),
      ),
    ];
  }
  const lines: Line[] = [];
  if (now - newest > STALE_MS) {
    lines.push(
      tellPath.wrong('reconcile', `reconcile ran last ${ago(now - newest)} ago`, run('jobtrail-reconcile')),
    );
  }
  for (const { path, state } of paths) {
    const { status = 'unseen', watermark } = state.memory ?? {};
    const required = declaredFor(declared, path)?.required === true;
    const known = watermark === undefined ? '' : `, known up to ${watermark.slice(0, 19)}Z`;
    const why = logs(path.split('/')[0] ?? path);
    if (status === 'blind') lines.push(tellPath.wrong(path, `blind${known}: records may be missing`, why));
    else if (status === 'unseen' && required) {
      lines.push(tellPath.wrong(path, 'required, and nothing of it ever came', why));
    } else if (status === 'lagging') lines.push(tellPath.warning(path, `lagging${known}`, why));
    else lines.push(tellPath.ok(path, `${status}${known}`));
  }
  for (const { path, required, retired } of declared) {
    const seen = paths.some(
      (one) => one.path === path || one.path.startsWith(`${path}/`) || matches(path, one.path),
    );
    if (required && !retired && !seen) {
      const says = 'required, and nothing of it ever came';
      lines.push(
        tellPath.wrong(path, says, `gcloud logging sinks list --filter=name:jobtrail-${path.split('/')[0]}`),
      );
    }
  }
  return lines;
}

export function checkCanaries({ paths, declared, canarySeconds, now, run }: PathsQuestion): readonly Line[] {
  const wanted = declared.filter(({ canary, retired }) => canary && !retired).map(({ path }) => path);
  const having = paths.filter(
    ({ path, state }) => state.memory?.vouched !== undefined || wanted.some((one) => matches(one, path)),
  );
  const lines = having.map(({ path, state }) => {
    const vouched = state.memory?.vouched;
    if (vouched === undefined) {
      return tellCanary.wrong(path, 'its canary never came back', run('jobtrail-canary'));
    }
    const age = now - Date.parse(vouched);
    return age > 3 * canarySeconds * 1000
      ? tellCanary.wrong(
          path,
          `its last canary is ${ago(age)} old; one is sent every ${canarySeconds} s`,
          run('jobtrail-canary'),
        )
      : tellCanary.ok(path, `last canary ${ago(Math.max(0, age))} ago`);
  });
  for (const path of wanted) {
    if (having.some((one) => matches(path, one.path))) continue;
    lines.push(tellCanary.wrong(path, 'its canary never came back', run('jobtrail-canary')));
  }
  if (lines.length > 0) return lines;
  const says = 'no path has a canary: an outage shows only when somebody misses records';
  return [
    tellCanary.warning(
      'paths',
      says,
      'npx jobtrail doctor --config jobtrail.yaml # after `canary: true` under corroboration.paths',
    ),
  ];
}

const matches = (pattern: string, path: string): boolean =>
  pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : pattern === path;

const declaredFor = (declared: readonly DeclaredPath[], path: string): DeclaredPath | undefined =>
  declared.find((one) => matches(one.path, path));

function ago(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
