/** Text of jobtrail.yaml → Config. Pure: the edges read the file. Every problem is told at once, with its place. */
import { FALLBACK_CHANNEL } from '../../schemas/alerting.ts';
import type * as z from 'zod';
import { Config } from '../../schemas/config.ts';
import { canonicalDigest } from '../envelope/canonical.ts';
import { JobtrailError } from '../errors.ts';
import { closest } from './closest.ts';
import { type Path, readYaml } from './yaml-text.ts';

/** The configuration in force, with the digest every row cites. */
export interface LoadedConfig {
  readonly config: Config;
  /** SHA-256 hex of the canonical form: the same for the same meaning, whatever the file's layout. */
  readonly digest: string;
  /** Project id or number → environment. */
  readonly environmentOf: ReadonlyMap<string, string>;
  readonly meshProjects: ReadonlySet<string>;
}

export const EMPTY_CONFIG: LoadedConfig = load(Config.parse({}), 'defaults', []);

/** Characters; what is longer is some other file, which would take the parser minutes to refuse. */
const MAX_TEXT = 1_000_000;

/**
 * @throws JobtrailError `config-invalid` naming every problem as `file:line: path: what is wrong`.
 */
export function parseConfig(text: string, file: string): LoadedConfig {
  if (text.length > MAX_TEXT) {
    throw invalid([`${file}: it has ${text.length} characters; a configuration has at most ${MAX_TEXT}.`]);
  }
  const yaml = readYaml(text);
  if (yaml.kind === 'wrong') {
    throw invalid(yaml.problems.map(({ line, reason }) => `${file}:${line}: ${reason}`));
  }
  const parsed = Config.safeParse(yaml.value ?? {});
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap(problemsOf);
    throw invalid(
      problems.map(
        ({ path, message }) => `${file}:${yaml.lineOf(path)}: ${path.join('.') || 'file'}: ${message}`,
      ),
    );
  }
  const problems = unknownChannels(parsed.data).map(
    ({ path, message }) => `${file}:${yaml.lineOf(path)}: ${path.join('.')}: ${message}`,
  );
  return load(parsed.data, file, problems);
}

type Problem = { readonly path: Path; readonly message: string };

function problemsOf(issue: z.core.$ZodIssue): readonly Problem[] {
  const path = issue.path.map((key) => (typeof key === 'symbol' ? key.toString() : key));
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
  return issue.keys.map((key) => {
    const close = path.length === 0 ? closest(key, Object.keys(Config.shape)) : undefined;
    const advice = close === undefined ? 'docs/configuration.md lists the keys' : `did you mean ${close}?`;
    return { path: [...path, key], message: `it is no key here; ${advice}` };
  });
}

/** Routes to channels that are not there: their alerts would be undelivered, each found out when it is sent. */
function unknownChannels({ channels, routes }: Config): readonly Problem[] {
  const known = new Set([...Object.keys(channels), FALLBACK_CHANNEL]);
  return routes.flatMap((route, i) =>
    route.channels.flatMap((name, j) =>
      known.has(name)
        ? []
        : [
            {
              path: ['routes', i, 'channels', j],
              message: `there is no channel ${name}; name one of ${[...known].join(', ')}, or add it to \`channels\``,
            },
          ],
    ),
  );
}

/** @param problems found already, to be told with those found here */
function load(config: Config, file: string, problems: readonly string[]): LoadedConfig {
  const environmentOf = new Map<string, string>();
  const wrong: string[] = [...problems];
  for (const [environment, projects] of Object.entries(config.environments)) {
    for (const project of projects) {
      const known = environmentOf.get(project);
      if (known !== undefined && known !== environment) {
        wrong.push(`${file}: environments: project ${project} is in both ${known} and ${environment}`);
      }
      environmentOf.set(project, environment);
    }
  }
  if (wrong.length > 0) throw invalid(wrong);
  const digest = canonicalDigest(JSON.stringify(config));
  return { config, digest, environmentOf, meshProjects: new Set(config.meshProjects) };
}

function invalid(problems: readonly string[]): JobtrailError {
  return new JobtrailError(
    'config-invalid',
    `The configuration has ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n  ${problems.join('\n  ')}`,
    'Mend the lines named above; docs/configuration.md lists every key.',
  );
}
