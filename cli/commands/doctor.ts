/** `jobtrail doctor`: is the pipeline set up so that nothing is lost and what it is told can be believed. */
import { parseArgs } from 'node:util';
import type { Bundle } from '../../shared/config/bundle.ts';
import { readBundle } from '../../shared/config/read-bundle.ts';
import { createCloud, type Server } from '../../shared/doctor/cloud.ts';
import { examine } from '../../shared/doctor/examine.ts';
import type { CloudApis } from '../../shared/doctor/facts.ts';
import type { Line } from '../../shared/doctor/line.ts';
import { declaredScopes } from '../../shared/doctor/wanted.ts';
import { JobtrailError } from '../../shared/errors.ts';
import { parseStoreSpec } from '../../shared/store/open.ts';
import { DEFAULT_STORE, EXIT } from '../help.ts';
import type { Terminal } from '../main.ts';
import { printable } from '../printable.ts';
import { CLOCK, endpoint } from '../run/google.ts';
import { openFrom } from '../run/store.ts';

type Environment = Terminal['environment'];

/** Nothing is changed; policies of Pub/Sub and roles of IAM are shown to no narrower one. */
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
/** Somebody waits, and what does not answer is told as such. */
const LIMITS = { attempts: 6, unreachableAttempts: 2, timeoutMs: 10_000, maxWaitMs: 60_000 };

export async function doctor(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      store: { type: 'string', default: DEFAULT_STORE },
      config: { type: 'string' },
      project: { type: 'string' },
      scope: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
    },
  });
  const { environment } = terminal;
  const spec = parseStoreSpec(values.store);
  const emulatorHost = environment['SPANNER_EMULATOR_HOST'];
  const { bundle, problem } = read(values.config);
  const schema =
    spec.kind === 'spanner'
      ? await (await import('../../shared/store/spanner/migrate-database.ts')).openSchema(spec, emulatorHost)
      : undefined;
  try {
    const lines = await examine({
      store: values.store,
      config: values.config,
      bundle,
      problem,
      project: projectOf(values.project) ?? (spec.kind === 'spanner' ? spec.project : undefined),
      scopes: [...values.scope.map(scopeOf), ...declaredScopes(bundle.config)],
      cloud: cloudOf(environment),
      schema,
      place: spec.kind === 'spanner' ? spec : undefined,
      open: async () => (await openFrom(values.store, 'read', terminal)).store,
      clock: Date.now,
    });
    terminal.out(values.json ? `${JSON.stringify({ lines })}\n` : textOf(lines));
    return lines.some(({ state }) => state === 'wrong' || state === 'unasked') ? EXIT.unhealthy : EXIT.ok;
  } finally {
    await schema?.close();
  }
}

/** The defaults stand in for a configuration that cannot be read, so that everything else is still looked at. */
function read(path: string | undefined): {
  readonly bundle: Bundle;
  readonly problem: JobtrailError | undefined;
} {
  try {
    return { bundle: readBundle(path), problem: undefined };
  } catch (error) {
    if (!(error instanceof JobtrailError)) throw error;
    return { bundle: readBundle(undefined), problem: error };
  }
}

const PARENT = /^(?:organizations|folders)\/\d+$|^projects\/[a-z0-9:.-]+$/;
const PROJECT = /^[a-z0-9][a-z0-9:.-]{0,127}$/;

function projectOf(text: string | undefined): string | undefined {
  if (text === undefined || PROJECT.test(text)) return text;
  throw new JobtrailError(
    'usage',
    `--project takes the id of a project, not ${text}.`,
    'It is the pipeline’s own.',
  );
}

function scopeOf(text: string): string {
  if (PARENT.test(text)) return text;
  throw new JobtrailError(
    'usage',
    `--scope takes organizations/NUMBER, folders/NUMBER or projects/ID, not ${text}.`,
    'It is where the log sinks are; it may be repeated.',
  );
}

function cloudOf(environment: Environment): CloudApis {
  const server = (service: string, google: string, url: string | undefined): Server => {
    const { baseUrl, authorization } = endpoint(url, google, SCOPE);
    return { url: baseUrl, api: { service, authorization, clock: CLOCK, limits: LIMITS } };
  };
  const pubsub = 'https://pubsub.googleapis.com';
  return createCloud({
    logging: server('Cloud Logging', 'https://logging.googleapis.com', environment['JOBTRAIL_LOGGING_URL']),
    resourceManager: server(
      'Resource Manager',
      'https://cloudresourcemanager.googleapis.com',
      environment['JOBTRAIL_RESOURCE_MANAGER_URL'],
    ),
    pubsub: server('Pub/Sub', pubsub, environment['PUBSUB_EMULATOR_HOST']),
    pubsubPolicies: server('Pub/Sub', pubsub, environment['JOBTRAIL_PUBSUB_URL']),
    iam: server('IAM', 'https://iam.googleapis.com', environment['JOBTRAIL_IAM_URL']),
  });
}

function textOf(lines: readonly Line[]): string {
  const nameOf = ({ check, code }: Line): string => (code === 'ok' ? check : `${check}:${code}`);
  const width = Math.max(...lines.map((line) => nameOf(line).length));
  const shown = lines.map((line) => {
    const { about, state, says, mend } = line;
    const text = `${state.padEnd(8)}${nameOf(line).padEnd(width)}  ${printable(about)}: ${printable(says)}\n`;
    return mend === undefined || state === 'ok' ? text : `${text}        → ${shownCommand(mend)}\n`;
  });
  const count = (state: Line['state']): number => lines.filter((line) => line.state === state).length;
  const total = `${count('ok')} ok, ${count('warning')} warnings, ${count('wrong')} wrong, ${count('unasked')} not known`;
  return `${shown.join('')}${total}\n`;
}

/** As it is to be typed: escaping doubles backslashes, and then a shell reads other words. Nothing else may need it. */
const shownCommand = (mend: string): string => {
  const escaped = printable(mend);
  return escaped === mend.replaceAll('\\', '\\\\') ? mend : escaped;
};
