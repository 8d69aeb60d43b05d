/** jobtrail.yaml, its policies and rules: whether they can be read, and whether they are what is in force. */
import type { JobtrailError } from '../../errors.ts';
import { createCheck, type Line } from '../line.ts';
import { command } from '../shell.ts';

export const CONFIGURATION = createCheck({
  name: 'configuration',
  looksAt: 'jobtrail.yaml, policies/ and rules/, and the bundle that the store says is in force',
  codes: {
    invalid: { state: 'wrong', means: 'a file cannot be read or has a problem; each is named with its line' },
    'no-file': {
      state: 'warning',
      means: 'no file is given: nothing of what is declared is held against anything',
    },
    'no-environment': {
      state: 'warning',
      means: 'no environment names a project: every event is of no environment',
    },
    'not-in-force': { state: 'warning', means: 'another bundle decides than these files make' },
    'not-deployed': {
      state: 'warning',
      means: 'no bundle was pushed, and no function has these files: others decide, or none did start yet',
    },
  },
});

/** What the store says of bundles; undefined where it cannot be asked. */
export interface InForce {
  /** Of the bundle that decides now; undefined: none was pushed. */
  readonly digest: string | undefined;
  /** From when the files' own bundle will hold, where it is not yet. */
  readonly later: string | undefined;
  /** Whether some function, or a push, put down the files' own bundle. */
  readonly kept: boolean;
}

export interface ConfigurationFacts {
  readonly path: string | undefined;
  readonly store: string;
  /** What reading ended in. */
  readonly problem: JobtrailError | undefined;
  readonly digest: string;
  readonly policies: number;
  readonly rules: number;
  readonly environments: number;
  readonly inForce: InForce | undefined;
}

export function checkConfiguration(facts: ConfigurationFacts): readonly Line[] {
  const { path, problem, digest, policies, rules, environments } = facts;
  if (path === undefined) {
    const says =
      'no file is given: projects, mesh and evidence are not declared, and nothing is held against them';
    const mend = command('npx jobtrail doctor', '--store', facts.store, '--config', 'jobtrail.yaml');
    return [CONFIGURATION.found('no-file', 'jobtrail.yaml', says, mend)];
  }
  const check = command('npx jobtrail policy check', path);
  if (problem !== undefined) {
    const says = problem.message.replaceAll(/\s*\n\s*/g, '; ');
    return [CONFIGURATION.found('invalid', path, says, check)];
  }
  const lines = [
    CONFIGURATION.ok(
      path,
      `${policies} policies and ${rules} rules of its own, digest ${digest.slice(0, 12)}`,
    ),
  ];
  if (environments === 0) {
    const says = 'no environment names a project: every event is of no environment';
    lines.push(
      CONFIGURATION.found('no-environment', path, says, `${check} # after naming them under environments`),
    );
  }
  return [...lines, ...inForceLines(facts, path)];
}

function inForceLines({ inForce, digest, store }: ConfigurationFacts, path: string): readonly Line[] {
  if (inForce === undefined) return [];
  const flags = ['--commit', 'COMMIT', '--reviewer', 'REVIEWER', '--store', store];
  const push = command('npx jobtrail policy push', path, ...flags);
  if (inForce.digest === digest) return [CONFIGURATION.ok(path, 'its bundle is in force')];
  if (inForce.later !== undefined)
    return [CONFIGURATION.ok(path, `its bundle was pushed and holds from ${inForce.later.slice(0, 19)}Z`)];
  if (inForce.digest !== undefined) {
    const says = `the bundle in force is ${inForce.digest.slice(0, 12)}, not this one`;
    return [CONFIGURATION.found('not-in-force', path, says, push)];
  }
  if (inForce.kept) return [CONFIGURATION.ok(path, 'no bundle was pushed; functions have these files')];
  const says = 'no bundle was pushed, and no function has these files';
  return [CONFIGURATION.found('not-deployed', path, says, push)];
}
