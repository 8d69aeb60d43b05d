/** A shell in which every program only puts down how it was called: what a command line really says. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROGRAMS = ['gcloud', 'npx', 'npm', 'terraform', 'jq', 'kubectl', 'deck', 'git', 'sudo', 'cat', 'vi'];

export interface Told {
  /** Each call, its program first. */
  readonly calls: readonly (readonly string[])[];
  /** Whether a file of that name came to be. */
  readonly made: (name: string) => boolean;
  readonly errors: string;
  readonly end: () => void;
}

/** Run by bash, whose words are those of the others but for `$'…'`. There is nothing on its path. */
export function toldBy(lines: string): Told {
  const folder = mkdtempSync(join(tmpdir(), 'jobtrail-shell-'));
  const log = join(folder, 'calls');
  writeFileSync(log, '');
  // One write for each call, since those of a pipeline run at once.
  const functions = PROGRAMS.map(
    (name) => `${name}() { local IFS=$'\\x1f'; builtin printf '%s\\x1e' "${name}\${*:+$IFS}$*" >> "$LOG"; }`,
  );
  const { stderr } = spawnSync(
    '/bin/bash',
    ['--norc', '--noprofile', '-c', `${functions.join('\n')}\n${lines}`],
    {
      cwd: folder,
      env: { PATH: folder, LC_ALL: 'C.UTF-8', LOG: log },
      encoding: 'utf8',
      input: '',
    },
  );
  const calls = readFileSync(log, 'utf8')
    .split('\x1e')
    .filter((call) => call !== '')
    .map((call) => call.split('\x1f'));
  return {
    calls,
    errors: stderr,
    made: (name) => existsSync(join(folder, name)),
    end: () => rmSync(folder, { recursive: true }),
  };
}
