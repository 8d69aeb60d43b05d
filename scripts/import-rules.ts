/**
 * The import rules of docs/layout.md, checked on every `npm run check`:
 *   - schemas/ imports zod only (and itself);
 *   - shared/sources/<x> never imports another source;
 *   - the pure folders import no I/O, ask no network and read no clock and no environment;
 *   - only shared/store/spanner imports the Spanner client;
 *   - only functions/, cli/, bench/, scripts/ and test/ read the environment;
 *   - nothing outside them imports functions/, cli/, bench/ or test/.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');
const EDGES = ['functions/', 'cli/', 'bench/', 'test/', 'scripts/'];
const PURE = [
  'shared/model/',
  'shared/identity/',
  'shared/lineage/',
  'shared/sources/',
  'shared/audit/',
  'shared/datasets/',
  'shared/jobapi/',
  'shared/attest/',
  'shared/secrets/',
  'shared/seal/',
  'shared/policy/',
  'shared/detections/',
  'shared/corroboration/',
];
/** Asks issuers for their keys; the other files of its folder get them handed in. */
const FETCHES = 'shared/attest/fetched-keys.ts';
/** Computation only, no I/O: the whole module, or the names that are no more than computation. */
const PURE_BUILTINS: ReadonlyMap<string, 'all' | ReadonlySet<string>> = new Map<
  string,
  'all' | ReadonlySet<string>
>([
  ['node:crypto', 'all'],
  // Addresses are parsed and compared; the rest of the module opens sockets.
  ['node:net', new Set(['BlockList', 'isIP', 'isIPv4', 'isIPv6'])],
]);
const IMPORT = /(?:^|\n)\s*(?:import|export)\s(?:[^'";]*?\sfrom\s)?'([^']+)'|\bimport\('([^']+)'\)/g;
const CLOCK = /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(|\bMath\.random\(|\brandomUUID\(/;
const NETWORK = /\bfetch\(/;
const ENVIRONMENT = /\bprocess\.env\b/;
/** The Spanner library takes the emulator's settings from the environment only; its adapter puts them there. */
const SETS_ENVIRONMENT = 'shared/store/spanner/client.ts';

export interface Violation {
  readonly file: string;
  readonly rule: string;
}

/** Violations of one file; `imports` are specifiers as written. Values in, values out, so that a test can feed it. */
export function violationsOf(file: string, text: string): Violation[] {
  const found: Violation[] = [];
  const bad = (rule: string): void => void found.push({ file, rule });
  const edge = EDGES.some((folder) => file.startsWith(folder));
  const pure = PURE.some((folder) => file.startsWith(folder));
  const source = /^shared\/sources\/([^/]+)\//.exec(file)?.[1];

  for (const match of text.matchAll(IMPORT)) {
    const specifier = match[1] ?? match[2] ?? '';
    const target = specifier.startsWith('.') ? join(dirname(file), specifier) : specifier;
    const local = specifier.startsWith('.');
    if (file.startsWith('schemas/') && !(local ? target.startsWith('schemas/') : specifier === 'zod')) {
      bad(`schemas/ imports zod only, not ${specifier}`);
    }
    const other = /^shared\/sources\/([^/]+)\//.exec(target)?.[1];
    if (source !== undefined && other !== undefined && other !== source)
      bad(`a source imports the source ${other}`);
    if (pure && specifier.startsWith('node:') && !isComputation(specifier, match[0])) {
      bad(`a pure folder imports ${specifier}`);
    }
    if (specifier === '@google-cloud/spanner' && !edge && !file.startsWith('shared/store/spanner/')) {
      bad('only shared/store/spanner imports the Spanner client');
    }
    if (local && !edge && EDGES.some((folder) => target.startsWith(folder)))
      bad(`${target} is imported from outside`);
    if (local && !file.startsWith('test/') && target.startsWith('test/')) bad(`test/ is imported: ${target}`);
  }
  if (pure && file !== FETCHES && NETWORK.test(text)) bad('a pure folder asks the network');
  if (pure && CLOCK.test(text)) bad('a pure folder reads a clock or random numbers');
  if (!edge && file !== SETS_ENVIRONMENT && ENVIRONMENT.test(text))
    bad('only functions/ and cli/ read the environment');
  return found;
}

/** @param statement the import as written, up to its specifier */
function isComputation(specifier: string, statement: string): boolean {
  const allowed = PURE_BUILTINS.get(specifier);
  if (allowed === undefined || allowed === 'all') return allowed === 'all';
  const names = /^\s*import\s*(?:type\s*)?\{([^}]*)\}/.exec(statement)?.[1];
  return (
    names !== undefined && names.split(',').every((name) => allowed.has(nameOf(name)) || nameOf(name) === '')
  );
}

/** `isIP` of `isIP as is`. */
const nameOf = (imported: string): string => imported.trim().split(/\s/)[0] ?? '';

export function allViolations(): Violation[] {
  return globSync('{schemas,shared,functions,cli,bench}/**/*.ts', { cwd: root })
    .map((path) => relative(root, join(root, path)))
    .toSorted()
    .flatMap((file) => violationsOf(file, readFileSync(join(root, file), 'utf8')));
}

if (import.meta.main) {
  const violations = allViolations();
  for (const { file, rule } of violations) console.log(`${file}: ${rule}`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}
