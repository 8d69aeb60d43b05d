/** The workflow that users of the repository run: valid, least rights, pinned, and naming what there is. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import * as z from 'zod';
import { ROOT } from './page.ts';

const Step = z.strictObject({
  name: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  shell: z.literal('bash').optional(),
  if: z.string().optional(),
  with: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
});

const Workflow = z.strictObject({
  name: z.string(),
  on: z.strictObject({
    push: z.strictObject({ branches: z.array(z.string()) }),
    pull_request: z.null(),
    workflow_dispatch: z.null(),
  }),
  permissions: z.strictObject({ contents: z.literal('read') }),
  concurrency: z.strictObject({
    group: z.string(),
    'cancel-in-progress': z.union([z.boolean(), z.string()]),
  }),
  jobs: z.record(
    z.string(),
    z.strictObject({
      name: z.string(),
      'runs-on': z.string().regex(/^ubuntu-\d+\.\d+$/),
      'timeout-minutes': z.number().max(120),
      env: z.record(z.string(), z.string()),
      steps: z.array(Step),
    }),
  ),
});

const Package = z.object({
  scripts: z.record(z.string(), z.string()),
  engines: z.object({ node: z.string() }),
});
const { scripts, engines } = Package.parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));

const text = readFileSync(join(ROOT, '.github/workflows/ci.yml'), 'utf8');
const document = parseDocument(text, { uniqueKeys: true });
const workflow = Workflow.parse(document.toJS());
const jobs = Object.values(workflow.jobs);
const steps = jobs.flatMap((job) => job.steps);

/** `with` of the first step that uses an action. */
const inputsOf = (action: string): Readonly<Record<string, string | number | boolean>> =>
  steps.find(({ uses }) => uses?.startsWith(`${action}@`))?.with ?? {};

/** Scripts of package.json that a step runs, and files it gives to node. */
function named(run: string): { readonly scripts: readonly string[]; readonly files: readonly string[] } {
  return {
    scripts: Array.from(
      run.matchAll(/\bnpm (?:run (\S+)|(test|start)\b)/g),
      ([, script, own]) => script ?? own ?? '',
    ),
    files: Array.from(run.matchAll(/\b(?:node|npm test --) ([\w./-]+)/g), (match) => match[1] ?? ''),
  };
}

describe('.github/workflows/ci.yml', () => {
  it('is YAML without errors or warnings', () => {
    expect([...document.errors, ...document.warnings]).toEqual([]);
  });

  it('pins every action by commit and says which release it is', () => {
    const lines = text.split('\n').filter((line) => line.includes('uses:'));
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.filter((line) => !/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual(
      [],
    );
    const byAction = Map.groupBy(lines, (line) => /uses: ([\w/-]+)@/.exec(line)?.[1] ?? '');
    for (const [action, uses] of byAction)
      expect(new Set(uses.map((line) => line.split('@')[1])).size, action).toBe(1);
  });

  it('names tests that there are, where it takes some alone', () => {
    const taken = steps.flatMap(({ run }) => Array.from((run ?? '').matchAll(/ (test\/\S+) -t '([^']+)'/g)));
    expect(taken.length).toBeGreaterThan(0);
    for (const [, file = '', titles = ''] of taken) {
      const source = readFileSync(join(ROOT, file), 'utf8');
      expect(titles.split('|').filter((title) => !source.includes(title))).toEqual([]);
    }
  });

  it('runs scripts and files that there are', () => {
    const runs = steps.flatMap(({ run }) => (run === undefined ? [] : [named(run)]));
    expect(runs.flatMap((run) => run.scripts)).toContain('test');
    expect(runs.flatMap((run) => run.scripts).filter((script) => !Object.hasOwn(scripts, script))).toEqual(
      [],
    );
    expect(runs.flatMap((run) => run.files).filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  it('leaves out no suite for want of an emulator or of Terraform', () => {
    for (const { env } of jobs) expect(env['CI']).toBe('true');
    expect(inputsOf('google-github-actions/setup-gcloud')['install_components']).toBe(
      'cloud-spanner-emulator,pubsub-emulator',
    );
    expect(inputsOf('actions/setup-java')['java-version']).toBe(17);
    expect(inputsOf('hashicorp/setup-terraform')['terraform_wrapper']).toBe(false);
  });

  it('takes the versions that the project asks for', () => {
    expect(engines.node).toBe(`>=${inputsOf('actions/setup-node')['node-version']}`);
    const version = String(inputsOf('hashicorp/setup-terraform')['terraform_version']);
    const required = globSync('terraform/**/versions.tf', { cwd: ROOT }).map(
      (file) => /required_version = ">= (\d+\.\d+)"/.exec(readFileSync(join(ROOT, file), 'utf8'))?.[1],
    );
    expect(required.length).toBeGreaterThan(1);
    for (const least of required) expect(version.startsWith(`${least}.`)).toBe(true);
  });

  it('holds no secret, keeps no credentials, and keeps what failed', () => {
    expect(text).not.toMatch(/secrets\.|pull_request_target|write/);
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts.map((step) => step.with?.['persist-credentials'])).toEqual(jobs.map(() => false));
    for (const job of jobs) {
      const kept = job.steps.filter(
        (step) => step.if === 'failure()' && step.uses?.startsWith('actions/upload-artifact@'),
      );
      const logs = job.steps.flatMap(({ run }) => /\| tee (\S+)$/.exec(run ?? '')?.[1] ?? []);
      expect(kept.map((step) => step.with?.['path'])).toEqual(logs);
    }
    // Without pipefail, which `shell: bash` brings, tee would hide that the tests failed.
    const piped = steps.filter(({ run }) => run?.includes('| tee'));
    expect(piped.map(({ shell }) => shell)).toEqual(jobs.map(() => 'bash'));
  });
});
