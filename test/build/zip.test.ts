/** What is in a zip, and that it is the same bytes however often and wherever it is made. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeBundle } from '../../scripts/build/bundle.ts';
import { readConfiguration } from '../../scripts/build/configuration.ts';
import { writeBundle } from '../../scripts/build/write.ts';
import { zipFiles } from '../../scripts/build/zip.ts';
import { companyConfig } from '../../cli/day/config.ts';
import { COMPANY_POLICIES } from '../../cli/day/declared/policies.ts';
import { filesIn, lockOf, temporaryFolder } from './support.ts';

const folder = temporaryFolder();
const ROOT = join(import.meta.dirname, '../..');
const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

/** What is built of, as a clone elsewhere has it: other files' times, and packages that lie in another place. */
function cloneAt(place: string): string {
  for (const name of [
    'functions',
    'shared',
    'schemas',
    'scripts',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
  ])
    cpSync(join(ROOT, name), join(place, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(place, 'node_modules'), 'dir');
  return place;
}

/** Zips functions of a checkout in a process of its own, whose clock's zone, language, umask and folder are others. */
function zipElsewhere(checkout: string, names: readonly string[], output: string): void {
  const script = `
    process.umask(0o077);
    const { makeBundle } = await import(${JSON.stringify(join(checkout, 'scripts/build/bundle.ts'))});
    const { writeBundle } = await import(${JSON.stringify(join(checkout, 'scripts/build/write.ts'))});
    for (const name of ${JSON.stringify(names)}) {
      const { files, ...rest } = await makeBundle(\`functions/\${name}/index.ts\`, name);
      writeBundle({ ...rest, files: new Map([...files].reverse()) }, ${JSON.stringify(output)});
    }`;
  mkdirSync(output);
  execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: output,
    env: { ...process.env, TZ: 'Pacific/Kiritimati', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' },
  });
}

describe('the zip of a function', () => {
  it.each(['istio', 'reconcile'])(
    'of %s loads the Pub/Sub client with its first finding and Cedar with its first policy, not at its start',
    {
      timeout: 60_000,
    },
    async (name) => {
      const { zip } = writeBundle(
        await makeBundle(`functions/${name}/index.ts`, name),
        join(folder, `late-${name}`),
      );
      const code = filesIn(zip).get('index.js') ?? '';
      expect(code).toContain('import("@google-cloud/pubsub")');
      expect(code).not.toMatch(/^(?:import|export|\}) .*from "@google-cloud\/pubsub"/m);
      // Cedar with the first policy; it is installed all the same.
      expect(code).toContain('("@cedar-policy/cedar-wasm/nodejs")');
      expect(code).not.toMatch(/^(?:import|export|\}) .*from "@cedar-policy/m);
      expect(lockOf(filesIn(zip)).packages['']).toMatchObject({
        dependencies: { '@cedar-policy/cedar-wasm': expect.stringMatching(/^\d/) },
      });
    },
  );

  it(
    'is the same bytes from a clone elsewhere, by another clock, language and umask',
    { timeout: 120_000 },
    async () => {
      const names = ['dataflow', 'pull'];
      zipElsewhere(cloneAt(join(folder, 'clone')), names, join(folder, 'elsewhere'));
      for (const name of names) {
        const bundle = await makeBundle(`functions/${name}/index.ts`, name);
        const { zip } = writeBundle(bundle, join(folder, 'here'));
        expect(sha256(join(folder, 'elsewhere', `${name}.zip`)), name).toBe(sha256(zip));
      }
    },
  );

  it('depends on what is in it', () => {
    const one = zipFiles(new Map([['a', Buffer.from('1')]]));
    expect(zipFiles(new Map([['a', Buffer.from('2')]]))).not.toEqual(one);
    expect(zipFiles(new Map([['b', Buffer.from('1')]]))).not.toEqual(one);
  });

  it('holds its code, the map, what it needs, and nothing else', async () => {
    const { zip } = writeBundle(await makeBundle('functions/istio/index.ts', 'istio'), join(folder, 'istio'));
    const files = filesIn(zip);
    expect([...files.keys()]).toEqual(['index.js', 'index.js.map', 'package-lock.json', 'package.json']);
    expect(JSON.parse(files.get('package.json') ?? '')).toMatchObject({
      type: 'module',
      main: 'index.js',
      engines: { node: '24.x' },
      dependencies: {
        '@google-cloud/functions-framework': expect.stringMatching(/^\d+\.\d+\.\d+$/),
        '@google-cloud/spanner': expect.stringMatching(/^\d+\.\d+\.\d+$/),
      },
    });
    const { sources, mappings } = JSON.parse(files.get('index.js.map') ?? '');
    expect(sources).toContain('../../../functions/istio/index.ts');
    expect(mappings.length).toBeGreaterThan(100_000);
    // The embedded store is left out, and so is whatever tells of this machine.
    expect(files.get('index.js')).not.toContain('node:sqlite');
    const told = [...files].filter(
      ([, text]) => text.includes(ROOT.slice(1)) || /\/(?:root|home)\//.test(text),
    );
    expect(told.map(([name]) => name)).toEqual([]);
    expect(sources.filter((path: string) => /(?:^|\/)(?:test|bench|cli|scripts)\//.test(path))).toEqual([]);
    // Rules over several records are asked by reconcile: a function that stores would read them at each cold start for nothing.
    expect(sources.filter((path: string) => path.includes('/corroboration/rules/'))).toEqual([]);
  });
});

describe('the configuration in a zip', () => {
  const organisation = join(folder, 'organisation');
  mkdirSync(join(organisation, 'policies/tests'), { recursive: true });
  writeFileSync(join(organisation, 'jobtrail.yaml'), JSON.stringify(companyConfig));
  for (const [name, text] of COMPANY_POLICIES) writeFileSync(join(organisation, name), text);
  writeFileSync(join(organisation, '.env'), 'SLACK_TOKEN=xoxb-1');
  writeFileSync(join(organisation, 'policies/tests/cases.yaml'), '[]');

  it('is jobtrail.yaml and the policies, and nothing that lies beside them', async () => {
    const configuration = readConfiguration(organisation);
    const bundle = await makeBundle('functions/istio/index.ts', 'istio', configuration);
    const files = filesIn(writeBundle(bundle, join(folder, 'configured')).zip);
    const config = [...files].filter(([name]) => name.startsWith('config/'));
    const expected = new Map([...COMPANY_POLICIES].map(([name, text]) => [`config/${name}`, text]));
    expect(new Map(config)).toEqual(expected.set('config/jobtrail.yaml', JSON.stringify(companyConfig)));
    expect([...files.values()].some((text) => text.includes('xoxb-1'))).toBe(false);
    // What was checked here is not checked at each start.
    expect(files.get('index.js')).toContain(
      `process.env.JOBTRAIL_CHECKED_BUNDLE = '${configuration.digest}';`,
    );
  });

  it('is refused where a function would refuse it', () => {
    const wrong = join(folder, 'wrong');
    mkdirSync(wrong);
    writeFileSync(join(wrong, 'jobtrail.yaml'), 'environments: 7\n');
    expect(() => readConfiguration(wrong)).toThrow(expect.objectContaining({ code: 'config-invalid' }));
    expect(() => readConfiguration(join(folder, 'nowhere'))).toThrow(
      expect.objectContaining({ code: 'file-unreadable' }),
    );
  });
});
