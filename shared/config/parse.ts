/** Text of jobtrail.yaml → Config. Pure: the edges read the file. Every problem is told at once, with its place. */
import { LineCounter, parseDocument } from 'yaml';
import { Config } from '../../schemas/config.ts';
import { canonicalDigest } from '../envelope/canonical.ts';
import { JobtrailError } from '../errors.ts';

/** The configuration in force, with the digest every row cites. */
export interface LoadedConfig {
  readonly config: Config;
  /** SHA-256 hex of the canonical form: the same for the same meaning, whatever the file's layout. */
  readonly digest: string;
  /** Project id or number → environment. */
  readonly environmentOf: ReadonlyMap<string, string>;
  readonly meshProjects: ReadonlySet<string>;
}

export const EMPTY_CONFIG: LoadedConfig = load(Config.parse({}), 'defaults');

/** Characters; what is longer is some other file, which would take the parser minutes to refuse. */
const MAX_TEXT = 1_000_000;

/**
 * @throws JobtrailError `config-invalid` naming every problem as `file:line: path: what is wrong`.
 */
export function parseConfig(text: string, file: string): LoadedConfig {
  if (text.length > MAX_TEXT) {
    throw invalid([`${file}: it has ${text.length} characters; a configuration has at most ${MAX_TEXT}.`]);
  }
  const lines = new LineCounter();
  // Aliases can blow a small file up to gigabytes; no configuration needs them.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: true, uniqueKeys: true });
  const place = (offset: number | undefined): string =>
    offset === undefined ? file : `${file}:${lines.linePos(offset).line}`;
  if (document.errors.length > 0) {
    const problems = document.errors.map(
      (error) => `${place(error.pos[0])}: ${error.message.split('\n')[0]}`,
    );
    throw invalid(problems);
  }
  const value = plainValue(document, file);
  const parsed = Config.safeParse(value ?? {});
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => {
      const path = issue.path.map((key) => (typeof key === 'symbol' ? key.toString() : key));
      const offset = offsetOf(document, path);
      return `${place(offset)}: ${path.join('.') || 'file'}: ${issue.message}`;
    });
    throw invalid(problems);
  }
  return load(parsed.data, file);
}

function plainValue(document: ReturnType<typeof parseDocument>, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    throw invalid([`${file}: YAML aliases (\`*name\`) are not read; write the value out.`]);
  }
}

function offsetOf(
  document: ReturnType<typeof parseDocument>,
  path: readonly (string | number)[],
): number | undefined {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node: unknown = document.getIn(path.slice(0, depth), true);
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) {
      const start: unknown = node.range[0];
      if (typeof start === 'number') return start;
    }
  }
  return undefined;
}

function load(config: Config, file: string): LoadedConfig {
  const environmentOf = new Map<string, string>();
  const twice: string[] = [];
  for (const [environment, projects] of Object.entries(config.environments)) {
    for (const project of projects) {
      const known = environmentOf.get(project);
      if (known !== undefined && known !== environment) {
        twice.push(`${file}: environments: project ${project} is in both ${known} and ${environment}`);
      }
      environmentOf.set(project, environment);
    }
  }
  if (twice.length > 0) throw invalid(twice);
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
