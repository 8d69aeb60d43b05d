/**
 * One function as the files that deploy by themselves: its code in one bundle with a source map, a package.json that names
 * the Google packages it needs, and the lockfile's part for them. The same sources give the same bytes.
 *
 * Google's packages and Cedar stay outside the bundle: they find .proto files and WebAssembly by their own place on disk, and bundled (10 MB
 * each) they start no faster by more than the noise of a measurement. The embedded store is left out: a deployed
 * function that wrote to the disk of its instance would lose what it acknowledged.
 */
import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import * as z from 'zod';
import { useConfiguration, type Configuration } from './configuration.ts';
import { Lockfile, pruneLockfile, type RootPackage } from './lockfile.ts';

export const ROOT = join(import.meta.dirname, '../..');
export const OUTPUT = join(ROOT, 'dist/functions');

const Manifest = z.object({
  version: z.string(),
  dependencies: z.record(z.string(), z.string()),
});

export interface Bundle {
  readonly name: string;
  /** Name in the zip → content. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Of the code, without its source map. */
  readonly bytes: number;
  /** Packages that the code names. */
  readonly dependencies: readonly string[];
  /** Packages that are installed beside it, theirs included. */
  readonly packages: number;
}

/** As Terraform deploys them (nodejs24): whoever builds an image of a zip by another way gets no later Node than was tested. */
const RUNTIME = '24.x';
const FRAMEWORK = '@google-cloud/functions-framework';
const EXTERNAL = ['@google-cloud/*', 'google-auth-library', '@cedar-policy/*'];

/** Packages that a module asks Node for when it needs them, which the bundler does not see. */
const LATE = [{ name: '@cedar-policy/cedar-wasm', loadedBy: 'shared/cedar.ts' }];

/** CommonJS packages in the bundle require Node's modules; an ES module has no `require` of its own. */
const REQUIRE = `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);`;

const NO_EMBEDDED_STORE = `
  import { JobtrailError } from '../../errors.ts';
  export function openSqliteStore() {
    throw new JobtrailError('usage', 'A deployed function has no embedded store.', 'Set JOBTRAIL_STORE to spanner:projects/P/instances/I/databases/D.');
  }`;

const withoutEmbeddedStore: Plugin = {
  name: 'without-embedded-store',
  setup(bundling) {
    bundling.onLoad({ filter: /[\\/]store[\\/]sqlite[\\/]store\.ts$/ }, ({ path }) => ({
      contents: NO_EMBEDDED_STORE,
      loader: 'ts',
      resolveDir: dirname(path),
    }));
  },
};

/** @param entry of the function, relative to the checkout */
export async function makeBundle(
  entry: string,
  name: string,
  configuration?: Configuration,
): Promise<Bundle> {
  const { metafile, outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    // Source maps name files as seen from here: the bytes do not depend on where they are written.
    outfile: join(OUTPUT, name, 'index.js'),
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    // V8 reads all of it at each start. Names stay as they are, for whoever reads a stack without the map.
    minifyWhitespace: true,
    minifySyntax: true,
    external: EXTERNAL,
    // node_modules may be a link to somewhere else, which is not to be told by the bytes.
    preserveSymlinks: true,
    banner: { js: configuration === undefined ? REQUIRE : `${REQUIRE}\n${useConfiguration(configuration)}` },
    plugins: [withoutEmbeddedStore],
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    logLevel: 'warning',
  });
  const dependencies = [
    ...new Set([
      ...externalPackages(Object.values(metafile.outputs).flatMap(({ imports }) => imports)),
      ...LATE.flatMap((late) => (Object.hasOwn(metafile.inputs, late.loadedBy) ? [late.name] : [])),
    ]),
  ].toSorted();
  const described = describe(name, dependencies);
  const lock = pruneLockfile(Lockfile.parse(readJson('package-lock.json')), described);
  const files = new Map<string, Uint8Array>(
    outputFiles.map(({ path, contents }) => [basename(path), contents]),
  );
  files.set('package.json', json(packageJson(described)));
  files.set('package-lock.json', json(lock));
  const dockerfile = join(ROOT, dirname(entry), 'Dockerfile');
  if (existsSync(dockerfile)) files.set('Dockerfile', readFileSync(dockerfile));
  for (const [path, content] of configuration?.files ?? []) files.set(path, content);
  return {
    name,
    files,
    bytes: files.get('index.js')?.length ?? 0,
    dependencies,
    packages: Object.keys(lock.packages).length - 1,
  };
}

function externalPackages(
  imports: readonly { readonly path: string; readonly external?: boolean }[],
): string[] {
  const names = imports
    .filter(({ path, external }) => external === true && !isBuiltin(path))
    .map(({ path }) =>
      path
        .split('/')
        .slice(0, path.startsWith('@') ? 2 : 1)
        .join('/'),
    );
  return [...new Set(names)].toSorted();
}

function describe(name: string, dependencies: readonly string[]): RootPackage {
  const manifest = Manifest.parse(readJson('package.json'));
  const versions = dependencies.map((dependency) => {
    const version = manifest.dependencies[dependency];
    if (version === undefined) throw new Error(`${dependency} is imported and not among the dependencies`);
    return [dependency, version] as const;
  });
  return {
    name: `jobtrail-${name}`,
    version: manifest.version,
    dependencies: Object.fromEntries(versions),
    engines: { node: RUNTIME },
  };
}

/** `start` is what a container runs that is not told of a function. */
const packageJson = ({ name, version, engines, dependencies }: RootPackage) => ({
  name,
  version,
  private: true,
  type: 'module',
  main: 'index.js',
  scripts: {
    start: Object.hasOwn(dependencies, FRAMEWORK)
      ? `functions-framework --target=${name.slice('jobtrail-'.length)} --signature-type=http`
      : 'node index.js',
  },
  engines,
  dependencies,
});

const readJson = (file: string): unknown => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));

const json = (value: unknown): Uint8Array => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
