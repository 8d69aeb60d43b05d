/** `npm run simulate`: organisations' logs with known violations through the pipeline, and how much of them is found. */
import { parseArgs } from 'node:util';
import { report, type Report } from './figures.ts';
import { textOf } from './table.ts';
import { simulateAll } from './workers.ts';

const HELP = `npm run simulate -- [options]

Generates the logs of an organisation over some days with injected violations, drives them in simulated time through the
pipeline and reconcile on the embedded store, and reports what was found, missed and falsely found of each rule.

  --seeds N        how many organisations (20)
  --seed K         the first seed; the others follow (1)
  --jobs N         jobs that run as they should, of each seed (10000)
  --days N         simulated days (3)
  --injections N   injected violations of each rule and seed (150)
  --workers N      processes (2)
  --examples N     of what was missed or is false, tell so many of each rule and seed (0)
  --json           the report as JSON
  --help           this text

The same options and seed give the same logs, byte for byte. Exit code 1 where a violation was missed or a finding
is false although its evidence came within grace.`;

class Usage extends Error {}

function numberOf(text: string | undefined, name: string, otherwise: number, least: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least)
    throw new Usage(`--${name} takes a whole number from ${least} on, not \`${text}\``);
  return value;
}

const failed = ({ rules }: Report): boolean =>
  rules.some(({ missed, falseWithinGrace }) => missed > 0 || falseWithinGrace > 0);

/** @returns the exit code */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string' },
      seed: { type: 'string' },
      jobs: { type: 'string' },
      days: { type: 'string' },
      injections: { type: 'string' },
      workers: { type: 'string' },
      examples: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    console.log(HELP);
    return 0;
  }
  const seeds = numberOf(values.seeds, 'seeds', 20, 1);
  const first = numberOf(values.seed, 'seed', 1, 0);
  const options = {
    jobs: numberOf(values.jobs, 'jobs', 10_000, 1),
    days: numberOf(values.days, 'days', 3, 1),
    injections: numberOf(values.injections, 'injections', 150, 0),
    examples: numberOf(values.examples, 'examples', 0, 0),
  };
  const asked = Array.from({ length: seeds }, (_, i) => ({ ...options, seed: first + i }));
  const figures = await simulateAll(
    asked,
    numberOf(values.workers, 'workers', 2, 1),
    ({ seed, seconds, jobs }) => {
      if (values.json !== true) console.error(`seed ${seed}: ${jobs} jobs in ${seconds.toFixed(0)} s`);
    },
  );
  const result = report(figures);
  console.log(values.json === true ? JSON.stringify(result) : textOf(result));
  return failed(result) ? 1 : 0;
}

export function usageOf(error: unknown): string | undefined {
  if (error instanceof Usage) return error.message;
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
    ? error.message
    : undefined;
}
