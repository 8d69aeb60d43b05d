/** jobtrail.yaml, its policies and rules: whether they can be read, and whether they are what is in force. */
import type { JobtrailError } from '../../errors.ts';
import { type CheckText, type Line, shellWord, teller } from '../line.ts';

export const CONFIGURATION: CheckText = {
  name: 'configuration',
  looksAt: 'jobtrail.yaml, policies/ and rules/, and the bundle that the store says is in force',
  wrongWhen: 'a file cannot be read or has a problem; each is named with its line',
  warnsWhen:
    'no file is given, no environment is declared, or another bundle is in force than the files make',
};

export interface ConfigurationFacts {
  readonly path: string | undefined;
  readonly store: string;
  /** What reading ended in. */
  readonly problem: JobtrailError | undefined;
  readonly digest: string;
  readonly policies: number;
  readonly rules: number;
  readonly environments: number;
  /** Digest of the bundle that decides now; undefined: none was pushed, or the store cannot be asked. */
  readonly inForce: string | undefined;
}

const tell = teller(CONFIGURATION);

export function checkConfiguration(facts: ConfigurationFacts): readonly Line[] {
  const { path, problem, digest, policies, rules, environments, inForce } = facts;
  if (path === undefined) {
    const says =
      'no file is given: projects, mesh and evidence are not declared, and nothing is held against them';
    return [tell.warning('jobtrail.yaml', says, 'npx jobtrail doctor --config jobtrail.yaml')];
  }
  const check = `npx jobtrail policy check ${shellWord(path)}`;
  if (problem !== undefined) {
    const says = problem.message.replace(/\s*\n\s*/g, '; ');
    return [tell.wrong(path, says, check)];
  }
  const lines = [
    tell.ok(path, `${policies} policies and ${rules} rules of its own, digest ${digest.slice(0, 12)}`),
  ];
  if (environments === 0) {
    lines.push(tell.warning(path, 'no environment names a project: every event is of no environment', check));
  }
  if (inForce !== undefined && inForce !== digest) {
    const push = `npx jobtrail policy push ${shellWord(path)} --commit COMMIT --reviewer REVIEWER --store ${facts.store}`;
    lines.push(tell.warning(path, `the bundle in force is ${inForce.slice(0, 12)}, not this one`, push));
  }
  return lines;
}
