/** The command line: one command a word, errors as sentences, exit codes documented in `help.ts`. */
import { JobtrailError, messageOf } from '../shared/errors.ts';
import { COMMAND_HELP, EXIT, HELP, isCommand, type CommandName } from './help.ts';

/** What a command needs from its process; tests hand in their own. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Standard error is a terminal: progress may redraw itself. */
  readonly isTty: boolean;
  /** Standard output is a terminal: tables fit its width. */
  readonly outIsTty: boolean;
  readonly columns: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Each loaded when it is asked for: none needs what the others do. */
const COMMANDS: Readonly<
  Record<CommandName, (args: readonly string[], terminal: Terminal) => Promise<number>>
> = {
  start: async (args, terminal) => (await import('./commands/start.ts')).start(args, terminal),
  replay: async (args, terminal) => (await import('./commands/replay.ts')).replay(args, terminal),
  query: async (args, terminal) => (await import('./commands/query.ts')).query(args, terminal),
  explain: async (args, terminal) => (await import('./commands/explain.ts')).explain(args, terminal),
  alerts: async (args, terminal) => (await import('./commands/alerts.ts')).alerts(args, terminal),
  backfill: async (args, terminal) => (await import('./commands/backfill.ts')).backfill(args, terminal),
  redrive: async (args, terminal) => (await import('./commands/redrive.ts')).redrive(args, terminal),
  policy: async (args, terminal) => (await import('./commands/policy.ts')).policy(args, terminal),
  doctor: async (args, terminal) => (await import('./commands/doctor.ts')).doctor(args, terminal),
  migrate: async (args, terminal) => (await import('./commands/migrate.ts')).migrate(args, terminal),
};

export const PROCESS: Terminal = {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  isTty: process.stderr.isTTY,
  outIsTty: process.stdout.isTTY,
  columns: process.stdout.columns ?? 120,
  environment: process.env,
};

/** @returns the exit code. */
export async function main(args: readonly string[], terminal: Terminal = PROCESS): Promise<number> {
  const [command, ...rest] = args;
  if (command === undefined || command === '--help' || command === '-h' || command === 'help') {
    const about = rest[0];
    terminal.out(about !== undefined && isCommand(about) ? COMMAND_HELP[about] : HELP);
    return command === undefined ? EXIT.usage : EXIT.ok;
  }
  if (command === '--version') {
    const { default: manifest } = await import('../package.json', { with: { type: 'json' } });
    terminal.out(`${manifest.version}\n`);
    return EXIT.ok;
  }
  try {
    if (!isCommand(command)) {
      throw new JobtrailError(
        'usage',
        `There is no command \`${command}\`.`,
        'Type `npx jobtrail --help` for the list.',
      );
    }
    if (rest.includes('--help') || rest.includes('-h')) {
      terminal.out(COMMAND_HELP[command]);
      return EXIT.ok;
    }
    return await COMMANDS[command](rest, terminal);
  } catch (error) {
    return tell(error, terminal);
  }
}

function tell(error: unknown, terminal: Terminal): number {
  if (isUsage(error)) {
    terminal.err(`jobtrail: ${messageOf(error)}\n`);
    return EXIT.usage;
  }
  if (error instanceof JobtrailError) {
    terminal.err(`jobtrail: ${error.message}\n  ${error.hint}\n`);
    return error.code === 'usage' || error.code === 'query-param' || error.code === 'query-unknown'
      ? EXIT.usage
      : EXIT.failed;
  }
  terminal.err(`jobtrail: ${messageOf(error)}\n`);
  if (terminal.environment['JOBTRAIL_DEBUG'] !== undefined && error instanceof Error)
    terminal.err(`${error.stack}\n`);
  else terminal.err('  This is a fault of jobtrail. JOBTRAIL_DEBUG=1 prints where it happened.\n');
  return EXIT.failed;
}

/** node:util parseArgs says what is wrong with an option in its own words. */
function isUsage(error: unknown): boolean {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
