/** `jobtrail doctor`: is the pipeline set up so that nothing is lost and what it is told can be believed. */
import { parseArgs } from 'node:util';
import { readBundle } from '../../shared/config/read-bundle.ts';
import type { Bundle } from '../../shared/config/bundle.ts';
import { createCloud } from '../../shared/doctor/cloud.ts';
import { examine } from '../../shared/doctor/examine.ts';
import type { CloudApis } from '../../shared/doctor/facts.ts';
import type { Line } from '../../shared/doctor/line.ts';
import { createRest } from '../../shared/doctor/rest.ts';
import { JobtrailError } from '../../shared/errors.ts';
import { parseStoreSpec } from '../../shared/store/open.ts';
import { DEFAULT_STORE, EXIT } from '../help.ts';
import type { Terminal } from '../main.ts';
import { printable } from '../printable.ts';
import { tokenFor } from '../run/google.ts';
import { openFrom } from '../run/store.ts';

type Environment = Terminal['environment'];

const READ_ONLY = 'https://www.googleapis.com/auth/cloud-platform.read-only';

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
      project: values.project ?? (spec.kind === 'spanner' ? spec.project : undefined),
      scopes: [...values.scope.map(scopeOf), ...declaredScopes(bundle)],
      cloud: cloudOf(environment),
      schema,
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

const SCOPE = /^(?:organizations|folders)\/\d+$|^projects\/[a-z0-9:.-]+$/;

function scopeOf(text: string): string {
  if (SCOPE.test(text)) return text;
  throw new JobtrailError(
    'usage',
    `--scope takes organizations/NUMBER, folders/NUMBER or projects/ID, not ${text}.`,
    'It is where the log sinks are; it may be repeated.',
  );
}

const declaredScopes = ({ config }: Bundle): readonly string[] =>
  config.corroboration.paths.flatMap(({ sinks = [] }) =>
    sinks.map((sink) => sink.split('/sinks/')[0] ?? sink),
  );

/** URLs of servers that answer as the APIs do are asked without a token; for trials and tests. */
function cloudOf(environment: Environment): CloudApis {
  const urls = {
    logging: environment['JOBTRAIL_LOGGING_URL'],
    resourceManager: environment['JOBTRAIL_RESOURCE_MANAGER_URL'],
    pubsub: environment['JOBTRAIL_PUBSUB_URL'],
  };
  const isTrial = Object.values(urls).some((url) => url !== undefined);
  const rest = createRest({ accessToken: isTrial ? () => Promise.resolve(undefined) : tokenFor(READ_ONLY) });
  const emulator = environment['PUBSUB_EMULATOR_HOST'];
  return createCloud(
    rest,
    async (project) => {
      const { PubSub } = await import('@google-cloud/pubsub');
      return new PubSub(
        emulator === undefined
          ? { projectId: project }
          : { projectId: project, apiEndpoint: emulator, emulatorMode: true },
      );
    },
    urls,
  );
}

function textOf(lines: readonly Line[]): string {
  const width = Math.max(...lines.map(({ check }) => check.length));
  const shown = lines.map(({ check, about, state, says, mend }) => {
    const line = `${state.padEnd(8)}${check.padEnd(width)}  ${printable(about)}: ${printable(says)}\n`;
    return mend === undefined || state === 'ok'
      ? line
      : `${line}        ${' '.repeat(width)}  → ${printable(mend)}\n`;
  });
  const count = (state: Line['state']): number => lines.filter((line) => line.state === state).length;
  const total = `${count('ok')} ok, ${count('warning')} warnings, ${count('wrong')} wrong, ${count('unasked')} not known`;
  return `${shown.join('')}${total}\n`;
}
