/** `jobtrail alerts`: lists, shows and answers alerts, silences them, and sends what is due. */
import { parseArgs } from 'node:util';
import { SEVERITIES } from '../../schemas/alerting.ts';
import { createSecrets } from '../../functions/runtime/secrets.ts';
import { createChannels } from '../../shared/alerts/channels.ts';
import { EPISODE_STATES } from '../../shared/alerts/notice.ts';
import { withFallback } from '../../shared/alerts/routes.ts';
import type { AlertStore } from '../../shared/alerts/store.ts';
import { sweepOnce } from '../../shared/alerts/sweep.ts';
import type { Bundle } from '../../shared/config/bundle.ts';
import { readBundle } from '../../shared/config/read-bundle.ts';
import { JobtrailError } from '../../shared/errors.ts';
import { createLogger } from '../../shared/observe/log.ts';
import { DEFAULT_STORE, EXIT } from '../help.ts';
import type { Terminal } from '../main.ts';
import { answerAlert } from '../run/alerts-answer.ts';
import { isDelivered, renderSweep, sweepJson } from '../run/alerts-deliver.ts';
import { findEpisode, personAtKeyboard } from '../run/alerts-find.ts';
import { listAlerts, shortRows, wholeRows } from '../run/alerts-list.ts';
import { alertDetails, renderAlert } from '../run/alerts-show.ts';
import { addSilence, endSilence, silenceRows } from '../run/alerts-silences.ts';
import { now } from '../run/clock.ts';
import { openFrom } from '../run/store.ts';
import { jsonLine, printable, renderJson, renderTable, type RowSet } from '../table.ts';
import { choice, wholeNumber } from './arguments.ts';

/** What every action is given. */
interface Call {
  readonly values: ReturnType<typeof parsed>['values'];
  /** Behind the name of the action. */
  readonly names: readonly string[];
  readonly bundle: Bundle;
  readonly store: AlertStore;
  readonly terminal: Terminal;
}

const ACTIONS: Readonly<Record<string, (call: Call) => Promise<number>>> = {
  list,
  show,
  ack: (call) => answer(call, 'acknowledge'),
  resolve: (call) => answer(call, 'resolve'),
  silence,
  silences,
  unsilence,
  deliver,
};

const texts = { type: 'string', multiple: true } as const;

function parsed(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      store: { type: 'string', default: DEFAULT_STORE },
      config: { type: 'string' },
      json: { type: 'boolean', default: false },
      limit: { type: 'string' },
      state: texts,
      severity: texts,
      rule: texts,
      key: texts,
      environment: texts,
      team: texts,
      owner: { type: 'string' },
      reason: { type: 'string' },
      until: { type: 'string' },
    },
    allowPositionals: true,
  });
}

const COMMON = ['store', 'config', 'json'];
/** Options that an action takes beside those that all take. */
const TAKES: Readonly<Record<string, readonly string[]>> = {
  list: ['limit', 'state', 'severity', 'rule'],
  resolve: ['reason'],
  silence: ['rule', 'key', 'severity', 'environment', 'team', 'owner', 'reason', 'until'],
};

export async function alerts(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parsed(args);
  const [name = 'list', ...names] = positionals;
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (action === undefined) {
    throw new JobtrailError(
      'usage',
      `alerts cannot ${printable(name)}.`,
      `It can ${Object.keys(ACTIONS).join(', ')}; \`npx jobtrail alerts --help\` tells what they do.`,
    );
  }
  const stray = Object.keys(values).find((option) => ![...COMMON, ...(TAKES[name] ?? [])].includes(option));
  if (stray !== undefined) {
    throw new JobtrailError(
      'usage',
      `alerts ${name} takes no --${stray}.`,
      '`npx jobtrail alerts --help` tells the options of each.',
    );
  }
  const bundle = readBundle(values.config);
  const opened = await openFrom(values.store, 'read', terminal);
  try {
    return await action({ values, names, bundle, store: opened.store.alerts, terminal });
  } finally {
    await opened.close();
  }
}

async function list({ values, names, store, terminal }: Call): Promise<number> {
  none(names, 'list');
  const [rule, ...others] = values.rule ?? [];
  if (others.length > 0)
    throw new JobtrailError('usage', 'alerts list takes one --rule.', 'Run it for each.');
  const episodes = await listAlerts(store, {
    states: values.state?.map((text) => choice('state', text, 'open', EPISODE_STATES)) ?? EPISODE_STATES,
    severities: values.severity?.map((text) => choice('severity', text, 'low', SEVERITIES)),
    rule,
    limit: wholeNumber('limit', values.limit, 100, 1, 10_000),
  });
  if (values.json) terminal.out(renderJson(wholeRows(episodes)));
  else table(terminal, shortRows(episodes), 'no alerts');
  return EXIT.ok;
}

async function show({ values, names, bundle, store, terminal }: Call): Promise<number> {
  const details = await alertDetails(store, await findEpisode(store, one(names, 'show')));
  terminal.out(values.json ? jsonLine(details) : renderAlert(details, bundle));
  return EXIT.ok;
}

async function answer(
  { values, names, store, terminal }: Call,
  change: 'acknowledge' | 'resolve',
): Promise<number> {
  const episode = await findEpisode(store, one(names, change === 'resolve' ? 'resolve' : 'ack'));
  const by = personAtKeyboard();
  const told = await answerAlert(store, episode, { change, by, reason: values.reason, now: now() });
  terminal.out(values.json ? jsonLine({ id: episode.id, n: episode.n, change, by }) : `${printable(told)}\n`);
  return EXIT.ok;
}

async function silence({ values, names, store, terminal }: Call): Promise<number> {
  none(names, 'silence');
  const added = await addSilence(store, {
    rules: values.rule,
    keys: values.key,
    severities: values.severity,
    environments: values.environment,
    teams: values.team,
    owner: values.owner,
    reason: values.reason,
    until: values.until,
    by: personAtKeyboard(),
    now: now(),
  });
  terminal.out(values.json ? jsonLine(added) : `${added.id} holds until ${added.until}\n`);
  return EXIT.ok;
}

async function silences({ values, names, bundle, store, terminal }: Call): Promise<number> {
  none(names, 'silences');
  const at = now();
  const rows = silenceRows(await store.silences(at), bundle.config.silences, at);
  if (values.json) terminal.out(renderJson(rows));
  else table(terminal, rows, 'no silences');
  return EXIT.ok;
}

async function unsilence({ values, names, bundle, store, terminal }: Call): Promise<number> {
  const id = one(names, 'unsilence');
  const by = personAtKeyboard();
  const ended = await endSilence(store, id, { by, now: now(), configured: bundle.config.silences });
  terminal.out(values.json ? jsonLine(ended) : `${ended.id} ended; what it held back is due now\n`);
  return EXIT.ok;
}

async function deliver({ values, names, bundle, store, terminal }: Call): Promise<number> {
  none(names, 'deliver');
  const { channels: configured } = withFallback(bundle.config);
  // The lines of the channel `log` and of the sending itself go where a function would write them: not between the rows.
  const write = (line: string): void => terminal.err(`${line}\n`);
  const channels = createChannels(configured, createSecrets(terminal.environment), { write });
  const sweep = await sweepOnce(store, channels, bundle, now, createLogger(write));
  terminal.out(
    values.json
      ? jsonLine(sweepJson(sweep))
      : renderSweep(sweep, terminal.outIsTty ? terminal.columns : undefined),
  );
  return isDelivered(sweep) ? EXIT.ok : EXIT.failed;
}

function table(terminal: Terminal, rows: RowSet, empty: string): void {
  if (rows.rows.length === 0) terminal.err(`${empty}\n`);
  else terminal.out(renderTable(rows, terminal.outIsTty ? { width: terminal.columns } : {}));
}

function one(names: readonly string[], action: string): string {
  const [name] = names;
  if (name !== undefined && names.length === 1) return name;
  throw new JobtrailError(
    'usage',
    `alerts ${action} takes one id.`,
    action === 'unsilence'
      ? '`npx jobtrail alerts silences` lists them.'
      : '`npx jobtrail alerts` lists them.',
  );
}

function none(names: readonly string[], action: string): void {
  if (names.length === 0) return;
  throw new JobtrailError(
    'usage',
    `alerts ${action} takes no ${printable(names.join(' '))}.`,
    '`npx jobtrail alerts --help` tells the options of each.',
  );
}
