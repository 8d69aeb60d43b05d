/** `jobtrail policy`: what is declared, checked, tested, tried over stored events, put in force, and asked again. */
import { parseArgs } from 'node:util';
import { JobtrailError } from '../../shared/errors.ts';
import { DEFAULT_STORE } from '../help.ts';
import type { Terminal } from '../main.ts';
import { checkPolicy } from '../run/policy-check.ts';
import { pushPolicy } from '../run/policy-push.ts';
import { redecide } from '../run/policy-redecide.ts';
import { replayPolicy } from '../run/policy-replay.ts';
import { testPolicy } from '../run/policy-test.ts';
import { wholeNumber } from './arguments.ts';

const SUBCOMMANDS = ['check', 'test', 'replay', 'redecide', 'push'] as const;

export async function policy(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      store: { type: 'string', default: DEFAULT_STORE },
      limit: { type: 'string' },
      from: { type: 'string' },
      commit: { type: 'string' },
      reviewer: { type: 'string' },
      by: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const [given, target, ...more] = positionals;
  const subcommand = SUBCOMMANDS.find((name) => name === given);
  if (subcommand === undefined || more.length > 0) {
    throw new JobtrailError(
      'usage',
      `policy takes one of ${SUBCOMMANDS.join(', ')}, and one folder or event.`,
      '`npx jobtrail policy --help` shows each.',
    );
  }
  const folder = target ?? '.';
  switch (subcommand) {
    case 'check':
      return checkPolicy(folder, terminal);
    case 'test':
      return testPolicy(folder, terminal);
    case 'replay': {
      const limit = wholeNumber('limit', values.limit, 50, 0, 1_000_000);
      return replayPolicy({ folder, store: values.store, limit, json: values.json }, terminal);
    }
    case 'redecide':
      return redecide(required('EVENT', target), values.store, terminal);
    case 'push':
      return pushPolicy(
        {
          folder,
          store: values.store,
          from: values.from,
          commit: required('--commit', values.commit),
          reviewer: required('--reviewer', values.reviewer),
          pushedBy: required('--by', values.by ?? terminal.environment['USER']),
        },
        terminal,
      );
    default:
      return subcommand satisfies never;
  }
}

function required(what: string, value: string | undefined): string {
  if (value !== undefined && value.trim() !== '') return value;
  throw new JobtrailError(
    'usage',
    `${what} is missing.`,
    '`npx jobtrail policy --help` shows what is taken.',
  );
}
