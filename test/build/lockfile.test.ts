/** The lockfile in a zip: the versions of the checkout's, complete, and nothing of development. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeBundle } from '../../scripts/build/bundle.ts';
import { Lockfile, pruneLockfile } from '../../scripts/build/lockfile.ts';
import { writeBundle, writeFiles } from '../../scripts/build/write.ts';
import { filesIn, lockOf, temporaryFolder } from './support.ts';

const folder = temporaryFolder();
const ROOT = join(import.meta.dirname, '../..');
const whole = Lockfile.parse(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')));

/** npm's own judgement of package.json and lockfile; it asks no registry before it has judged. */
function judgedByNpm(
  files: ReadonlyMap<string, string>,
  name: string,
): { status: number | null; said: string } {
  const place = join(folder, name);
  writeFiles(new Map([...files].map(([file, text]) => [file, Buffer.from(text)])), place);
  const { status, stderr, stdout } = spawnSync(
    'npm',
    ['ci', '--dry-run', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--engine-strict=false'],
    { cwd: place, encoding: 'utf8', shell: process.platform === 'win32', timeout: 60_000 },
  );
  return { status, said: stdout + stderr };
}

describe('the lockfile of a function', () => {
  it('has the versions of the checkout, and npm takes it as complete', { timeout: 120_000 }, async () => {
    const { zip } = writeBundle(await makeBundle('functions/istio/index.ts', 'istio'), join(folder, 'out'));
    const files = filesIn(zip);
    const { packages } = lockOf(files);
    for (const [path, { version, ...entry }] of Object.entries(packages)) {
      if (path === '') continue;
      expect(version, path).toBe(whole.packages[path]?.version);
      expect(entry, path).not.toHaveProperty('dev');
    }
    expect(Object.keys(packages)).toContain('node_modules/@google-cloud/spanner');
    expect(
      Object.keys(packages).filter((path) => /\/(?:vitest|esbuild|fflate|typescript)$/.test(path)),
    ).toEqual([]);
    expect(judgedByNpm(files, 'whole')).toMatchObject({ status: 0 });

    const lacking = { ...lockOf(files), packages: { ...packages } };
    delete lacking.packages['node_modules/protobufjs'];
    const judged = judgedByNpm(new Map(files).set('package-lock.json', JSON.stringify(lacking)), 'lacking');
    expect(judged.status).not.toBe(0);
    expect(judged.said).toContain('protobufjs');
  });
});

describe('pruning', () => {
  const root = { name: 'f', version: '1.0.0', engines: {}, dependencies: { a: '1.0.0' } };
  const lockfile = (packages: Lockfile['packages']): Lockfile => ({ lockfileVersion: 3, packages });

  it('takes the nearest package of a name, as Node does, and the farther one only where it is asked for', () => {
    const packages = {
      'node_modules/a': { version: '1.0.0', dependencies: { b: '2', c: '1' } },
      'node_modules/a/node_modules/b': { version: '2.0.0', dependencies: { d: '1' } },
      'node_modules/b': { version: '1.0.0' },
      'node_modules/c': { version: '1.0.0', dependencies: { b: '1' } },
      'node_modules/d': { version: '1.0.0' },
      'node_modules/e': { version: '1.0.0', dev: true },
    };
    expect(Object.keys(pruneLockfile(lockfile(packages), root).packages)).toEqual([
      '',
      'node_modules/a',
      'node_modules/a/node_modules/b',
      'node_modules/b',
      'node_modules/c',
      'node_modules/d',
    ]);
    const { 'node_modules/c': _, ...rest } = packages;
    expect(() => pruneLockfile(lockfile(rest), root)).toThrow(
      'package-lock.json has no c for node_modules/a',
    );
  });

  it('does without what is optional and not there, and with what leads back', () => {
    const packages = {
      'node_modules/a': {
        version: '1.0.0',
        dependencies: { g: '1', p: '1' },
        optionalDependencies: { g: '1' },
        peerDependencies: { q: '1' },
      },
      'node_modules/p': { version: '1.0.0', peerDependencies: { a: '1' } },
    };
    const { packages: kept } = pruneLockfile(lockfile(packages), root);
    expect(Object.keys(kept)).toEqual(['', 'node_modules/a', 'node_modules/p']);
  });
});
