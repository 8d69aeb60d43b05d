/**
 * Terraform, really run: `terraform` in a copy of terraform/, against the stand-in provider or, with
 * JOBTRAIL_TERRAFORM_PROVIDER=real, against Google's own, which TF_CLI_CONFIG_FILE or the plugin cache says where to find.
 * Where Terraform is not installed the suites say so and are skipped; with CI=true they fail.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { DEPLOYMENT, layOut } from './copies.ts';
import { startStandIn, type StandIn } from './stand-in/server.ts';

/** What a run of Terraform said. */
export interface Run {
  readonly ok: boolean;
  /** Standard output and error, in the order of their kinds. */
  readonly text: string;
}

export interface Terraform {
  /** Runs `terraform` with these arguments in a folder. */
  readonly run: (folder: string, ...args: readonly string[]) => Promise<Run>;
  /** The same where nothing else may happen: what it said, or an error that tells it. */
  readonly must: (folder: string, ...args: readonly string[]) => Promise<string>;
  /** Plans a folder of a copy from nothing; fails where there is nothing to make. */
  readonly plan: (folder: string, values: readonly string[]) => Promise<Run>;
  /** A copy of the deployment, or of such a copy with what was initialised in it; removed after the suite. */
  readonly copy: (from?: string) => string;
}

const REAL = process.env['JOBTRAIL_TERRAFORM_PROVIDER'] === 'real';
/** Texts of the secrets that examples write: any will do. */
const SECRETS = [
  'CANARY_KEY',
  'KONG_SECRETS',
  'PAGERDUTY_ROUTING_KEY',
  'PAGERDUTY_SIGNING_SECRET',
  'SLACK_SIGNING_SECRET',
  'SLACK_TOKEN',
  'workspace',
];
const OUTPUT_BYTES = 256 * 1024 * 1024;
/** Below the time that tests are given, so that no run outlives its test. */
const LONGEST_RUN_MS = 280_000;

/** A suite that runs Terraform; the argument may be used inside its tests and hooks. */
export function describeWithTerraform(title: string, body: (terraform: Terraform) => void): void {
  suite(title, REAL, body);
}

function suite(title: string, real: boolean, body: (terraform: Terraform) => void): void {
  const skipped = !installed() && process.env['CI'] !== 'true';
  const note = skipped ? ' (SKIPPED: terraform is not installed)' : '';
  if (skipped) process.stderr.write(`${title}${note}\n`);
  describe.skipIf(skipped)(`${title}${note}`, () => {
    const copies: string[] = [];
    let standIn: StandIn | undefined;
    beforeAll(async () => {
      if (!installed()) throw new Error('terraform is not installed, and CI=true leaves no test out');
      if (!real) standIn = await startStandIn();
    });
    afterAll(() => {
      standIn?.stop();
      for (const copy of copies) rmSync(copy, { recursive: true, force: true });
    });
    body({
      run: (folder, ...args) => run(folder, args, standIn),
      must: async (folder, ...args) => {
        const { ok, text } = await run(folder, args, standIn);
        if (!ok) throw new Error(`terraform ${args.join(' ')} failed:\n${text}`);
        return text;
      },
      plan: (folder, values) =>
        standIn === undefined
          ? planMocked(folder, values)
          : planned(run(folder, ['plan', ...values], standIn)),
      copy: (from = DEPLOYMENT) => {
        const copy = mkdtempSync(join(tmpdir(), 'jobtrail-terraform-'));
        copies.push(copy);
        return layOut(from, copy);
      },
    });
  });
}

/** A suite that runs Terraform against the stand-in always: it applies. */
export function describeWithStandIn(title: string, body: (terraform: Terraform) => void): void {
  suite(title, false, body);
}

let found: boolean | undefined;

function installed(): boolean {
  if (found !== undefined) return found;
  try {
    execFileSync('terraform', ['version'], { stdio: 'ignore', env: environment(undefined) });
    found = true;
  } catch {
    found = false;
  }
  return found;
}

function run(folder: string, args: readonly string[], standIn: StandIn | undefined): Promise<Run> {
  const options = {
    cwd: folder,
    env: environment(standIn),
    maxBuffer: OUTPUT_BYTES,
    timeout: LONGEST_RUN_MS,
  };
  return new Promise((resolve) => {
    execFile('terraform', args, options, (error, stdout, stderr) => {
      resolve({ ok: error === null, text: `${stdout}${stderr}` });
    });
  });
}

async function planned(running: Promise<Run>): Promise<Run> {
  const { ok, text } = await running;
  return { ok: ok && /^Plan: [1-9][0-9]* to add, 0 to change, 0 to destroy\.$/m.test(text), text };
}

/**
 * With the real provider a plan would ask Google Cloud for the project, as a user of it. Mocked, the provider still checks each
 * argument, and what it would read is made up.
 */
async function planMocked(folder: string, values: readonly string[]): Promise<Run> {
  const file = 'plan-mocked.tftest.hcl';
  writeFileSync(join(folder, file), MOCKED_PLAN);
  const { ok, text } = await run(folder, ['test', `-filter=${file}`, ...values], undefined);
  rmSync(join(folder, file));
  return { ok: ok && text.includes('Success! 1 passed, 0 failed.'), text };
}

const MOCKED_PLAN = `mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
  mock_resource "google_cloudfunctions2_function" {
    defaults = {
      service_config = { uri = "https://function-0123456789.europe-west1.run.app" }
    }
  }
}

run "plan" {
  command = plan
}
`;

/** The user's own settings of Terraform play no part against the stand-in, and name the provider against the real one. */
function environment(standIn: StandIn | undefined): NodeJS.ProcessEnv {
  const quiet = {
    TF_IN_AUTOMATION: '1',
    TF_INPUT: '0',
    CHECKPOINT_DISABLE: '1',
    TF_CLI_ARGS: '-no-color',
    TF_VAR_secret_values: JSON.stringify(Object.fromEntries(SECRETS.map((name) => [name, 'a-text']))),
  };
  if (standIn === undefined) {
    return { ...process.env, ...quiet };
  }
  return {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    TMPDIR: process.env['TMPDIR'],
    TF_CLI_CONFIG_FILE: devNull,
    ...quiet,
    TF_REATTACH_PROVIDERS: standIn.reattach,
  };
}
