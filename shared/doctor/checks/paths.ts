/** Paths that records come by, as reconcile last saw them: alive, and watched by a canary. */
import type { DeclaredPath } from '../../../schemas/corroboration.ts';
import { sourceOfPath } from '../../corroboration/health/path.ts';
import type { PathState } from '../../corroboration/health/state.ts';
import { createCheck, type Line } from '../line.ts';

export const PATHS = createCheck({
  name: 'paths',
  looksAt: 'the table Paths: when reconcile last ran, and the status of each path',
  codes: {
    'never-reconciled': { state: 'wrong', means: 'reconcile has never run: nothing is judged' },
    stale: { state: 'wrong', means: 'reconcile has not run for five minutes' },
    blind: {
      state: 'wrong',
      means: 'records of a path may be missing, and nobody vouches that they are not',
    },
    unseen: { state: 'wrong', means: 'nothing ever came by a path that is required' },
    lagging: { state: 'warning', means: 'what piled up on a path is still being delivered' },
    'state-unreadable': {
      state: 'wrong',
      means: 'what reconcile remembers of a path is none of its own writing',
    },
  },
});

export const CANARIES = createCheck({
  name: 'canary',
  looksAt: 'when the canary of each path that has one came back last',
  codes: {
    never: { state: 'wrong', means: 'it never came back' },
    old: { state: 'wrong', means: 'the last is older than three rounds of the scheduler' },
    none: {
      state: 'warning',
      means: 'no path has a canary: an outage shows only when somebody misses records',
    },
  },
});

export interface PathFacts {
  readonly path: string;
  readonly updatedAt: string;
  /** Undefined where it cannot be read. */
  readonly state: PathState | undefined;
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

export function checkPaths({ paths, declared, now, run, logs }: PathsQuestion): readonly Line[] {
  if (paths.length === 0) {
    const says = 'reconcile has never run: no path is in the store';
    return [PATHS.found('never-reconciled', 'reconcile', says, run('jobtrail-reconcile'))];
  }
  const lines: Line[] = [];
  const newest = Math.max(...paths.map(({ updatedAt }) => Date.parse(updatedAt)));
  if (now - newest > STALE_MS) {
    const says = `reconcile ran last ${ago(now - newest)} ago`;
    lines.push(PATHS.found('stale', 'reconcile', says, run('jobtrail-reconcile')));
  }
  lines.push(...paths.map((path) => ofPath(path, declared, logs)));
  for (const { path, required, retired } of declared) {
    const seen = paths.some(
      (one) => one.path === path || one.path.startsWith(`${path}/`) || matches(path, one.path),
    );
    if (required && !retired && !seen) {
      const says = 'required, and nothing of it ever came';
      lines.push(PATHS.found('unseen', path, says, logs(sourceOfPath(path))));
    }
  }
  return lines;
}

function ofPath(
  { path, state }: PathFacts,
  declared: readonly DeclaredPath[],
  logs: PathsQuestion['logs'],
): Line {
  if (state === undefined) {
    const says = 'what reconcile remembers of it cannot be read';
    return PATHS.found('state-unreadable', path, says, logs('reconcile'));
  }
  const { status = 'unseen', watermark } = state.memory ?? {};
  const known = watermark === undefined ? '' : `, known up to ${watermark.slice(0, 19)}Z`;
  const why = logs(sourceOfPath(path));
  if (status === 'blind') return PATHS.found('blind', path, `blind${known}: records may be missing`, why);
  if (status === 'lagging') return PATHS.found('lagging', path, `lagging${known}`, why);
  if (status === 'unseen' && declaredFor(declared, path)?.required === true)
    return PATHS.found('unseen', path, 'required, and nothing of it ever came', why);
  return PATHS.ok(path, `${status}${known}`);
}

export function checkCanaries({ paths, declared, canarySeconds, now, run }: PathsQuestion): readonly Line[] {
  const wanted = declared.filter(({ canary, retired }) => canary && !retired).map(({ path }) => path);
  const having = paths.filter(
    ({ path, state }) => state?.memory?.vouched !== undefined || wanted.some((one) => matches(one, path)),
  );
  const never = (path: string): Line =>
    CANARIES.found('never', path, 'its canary never came back', run('jobtrail-canary'));
  const lines = having.map(({ path, state }) => {
    const vouched = state?.memory?.vouched;
    if (vouched === undefined) return never(path);
    const age = now - Date.parse(vouched);
    if (age <= 3 * canarySeconds * 1000) return CANARIES.ok(path, `last canary ${ago(Math.max(0, age))} ago`);
    const says = `its last canary is ${ago(age)} old; one is sent every ${canarySeconds} s`;
    return CANARIES.found('old', path, says, run('jobtrail-canary'));
  });
  for (const path of wanted) if (!having.some((one) => matches(path, one.path))) lines.push(never(path));
  if (lines.length > 0) return lines;
  const says = 'no path has a canary: an outage shows only when somebody misses records';
  const mend = 'terraform apply # after `canary: true` under corroboration.paths of jobtrail.yaml';
  return [CANARIES.found('none', 'paths', says, mend)];
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
