/**
 * `npm run build`: each function as one folder under dist/functions/ that deploys by itself: its code in one bundle with a
 * source map, and a package.json that names the Google packages it needs, at the versions of the lockfile. The same
 * sources give the same bytes.
 *
 * Google's packages and Cedar stay outside the bundle: they find .proto files and WebAssembly by their own place on disk, and bundled (10 MB
 * each) they start no faster by more than the noise of a measurement. The embedded store is left out: a deployed
 * function that wrote to the disk of its instance would lose what it acknowledged.
 */
import { globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import * as z from 'zod';

const root = join(import.meta.dirname, '..');
const OUTPUT = join(root, 'dist/functions');

const Manifest = z.object({
  version: z.string(),
  engines: z.record(z.string(), z.string()),
  dependencies: z.record(z.string(), z.string()),
});

export interface Bundle {
  readonly name: string;
  readonly folder: string;
  /** Of the code, without its source map. */
  readonly bytes: number;
  readonly dependencies: readonly string[];
}

const EXTERNAL = ['@google-cloud/*', 'google-auth-library', '@cedar-policy/*'];

/** CommonJS packages in the bundle require Node's modules; an ES module has no `require` of its own. */
const REQUIRE = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

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

/** Bundles a function's entry point into `folder`, which is made anew. */
export async function bundleFunction(entry: string, name: string, folder: string): Promise<Bundle> {
  const manifest = Manifest.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    // Source maps name files as seen from here: the bytes do not depend on where they are written.
    outfile: join(OUTPUT, name, 'index.js'),
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    external: EXTERNAL,
    banner: { js: REQUIRE },
    plugins: [withoutEmbeddedStore],
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    logLevel: 'warning',
  });
  const dependencies = externalPackages(Object.values(metafile.outputs).flatMap(({ imports }) => imports));
  for (const { path, contents } of outputFiles) writeFileSync(join(folder, basename(path)), contents);
  writeFileSync(join(folder, 'package.json'), packageJson(name, manifest, dependencies));
  return { name, folder, bytes: statSync(join(folder, 'index.js')).size, dependencies };
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

function packageJson(
  name: string,
  manifest: z.infer<typeof Manifest>,
  dependencies: readonly string[],
): string {
  const versions = dependencies.map((dependency) => {
    const version = manifest.dependencies[dependency];
    if (version === undefined) throw new Error(`${dependency} is imported and not among the dependencies`);
    return [dependency, version] as const;
  });
  const content = {
    name: `jobtrail-${name}`,
    version: manifest.version,
    private: true,
    type: 'module',
    main: 'index.js',
    engines: manifest.engines,
    dependencies: Object.fromEntries(versions),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

async function buildAll(): Promise<void> {
  for (const entry of globSync('functions/*/index.ts', { cwd: root }).toSorted()) {
    const name = basename(dirname(entry));
    const { bytes, dependencies } = await bundleFunction(entry, name, join(OUTPUT, name));
    const kB = (bytes / 1000).toFixed(0).padStart(6);
    console.log(`dist/functions/${name.padEnd(10)} ${kB} kB   with ${dependencies.join(', ')}`);
  }
}

if (import.meta.main) await buildAll();
