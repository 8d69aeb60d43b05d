import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bundleFunction } from '../../scripts/build.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobtrail-build-'));
afterAll(() => rmSync(folder, { recursive: true }));

const filesOf = (path: string): Record<string, string> =>
  Object.fromEntries(readdirSync(path).map((name) => [name, readFileSync(join(path, name), 'utf8')]));

describe('the bundle of a function', () => {
  it('is the same bytes each time, and names what it needs', async () => {
    const entry = 'functions/dataflow/index.ts';
    const first = await bundleFunction(entry, 'dataflow', join(folder, 'first'));
    const firstFiles = filesOf(first.folder);
    const again = await bundleFunction(entry, 'dataflow', join(folder, 'again'));
    expect(filesOf(again.folder)).toEqual(firstFiles);
    expect(Object.keys(firstFiles).toSorted()).toEqual(['index.js', 'index.js.map', 'package.json']);
    expect(JSON.parse(firstFiles['package.json'] ?? '')).toMatchObject({
      type: 'module',
      main: 'index.js',
      dependencies: {
        '@google-cloud/functions-framework': expect.stringMatching(/^\d+\.\d+\.\d+$/),
        '@google-cloud/spanner': expect.stringMatching(/^\d+\.\d+\.\d+$/),
      },
    });
  });

  it('has neither the embedded store nor a path of this machine', async () => {
    const { folder: made } = await bundleFunction(
      'functions/istio/index.ts',
      'istio',
      join(folder, 'second'),
    );
    const files = filesOf(made);
    expect(files['index.js']?.includes('node:sqlite')).toBe(false);
    const outside = Object.keys(files).filter((name) => files[name]?.includes(process.cwd().slice(1)));
    expect(outside).toEqual([]);
  });
});
