/** `policy check`: reads a bundle and says what is in it, or everything that is wrong with it. */
import type { Bundle } from '../../shared/config/bundle.ts';
import { readBundle } from '../../shared/config/read-bundle.ts';
import { EXIT } from '../help.ts';
import type { Terminal } from '../main.ts';

/** @throws JobtrailError `config-invalid` with file, line, reason and what to write instead, all at once */
export async function checkPolicy(folder: string, terminal: Terminal): Promise<number> {
  terminal.out(`${describeBundle(readBundle(folder))}\n`);
  return EXIT.ok;
}

export function describeBundle({ policies, rules, texts, digest }: Bundle): string {
  const files = texts.policies.length;
  const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;
  return [
    `configuration  ${texts.config.name}`,
    `policies       ${plural(policies, 'policy', 'policies')} in ${count(files, 'file')}`,
    `rules          ${count(rules.length, 'rule')}`,
    `digest         ${digest}`,
  ].join('\n');
}

const plural = (number: number, one: string, many: string): string =>
  `${number} ${number === 1 ? one : many}`;
