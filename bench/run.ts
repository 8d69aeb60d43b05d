/**
 * `npm run bench [-- NAME…] [-- --json]`: every budget of the design, each against its floor in the same run.
 * Exit code 1 when a budget is missed.
 */
import { parseArgs } from 'node:util';
import { alert } from './alert.ts';
import { coldStart } from './cold-start.ts';
import { core } from './core.ts';
import { decide } from './decide.ts';
import { functionHttp } from './function.ts';
import { within, type Bench, type BenchResult, type Skipped, type Told } from './harness.ts';
import { lineage } from './lineage.ts';
import { pull } from './pull.ts';
import { reconcile } from './reconcile.ts';
import { replay } from './replay.ts';
import { rows } from './rows.ts';
import { spanner } from './spanner.ts';

const BENCHES: readonly Bench[] = [
  core,
  functionHttp,
  spanner,
  replay,
  rows,
  lineage,
  coldStart,
  decide,
  alert,
  reconcile,
  pull,
];

const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true });
const unknown = positionals.filter((name) => !BENCHES.some((bench) => bench.name === name));
if (unknown.length > 0) {
  console.error(`no bench ${unknown.join(', ')}; there are ${BENCHES.map((bench) => bench.name).join(', ')}`);
  process.exit(2);
}

let missed = 0;
for (const bench of BENCHES) {
  if (positionals.length > 0 && !positionals.includes(bench.name)) continue;
  if (values.json !== true) console.log(`\n${bench.name}: ${bench.about}`);
  for (const result of await bench.run()) {
    if ('budget' in result && !within(result)) missed += 1;
    console.log(values.json === true ? JSON.stringify(jsonOf(result)) : lineOf(result));
  }
}
process.exitCode = missed === 0 ? 0 : 1;

function jsonOf(result: BenchResult | Told | Skipped): object {
  if ('skipped' in result) return result;
  const { name, ratio, detail } = result;
  if (!('budget' in result)) return { name, ratio, ...detail };
  const { budget, kind } = result;
  return { name, ratio, budget, kind, within: within(result), ...detail };
}

function lineOf(result: BenchResult | Told | Skipped): string {
  if ('skipped' in result) return `  ${result.name.padEnd(28)} left out: ${result.skipped}`;
  const detail = Object.entries(result.detail)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');
  return `  ${result.name.padEnd(28)} ${result.ratio.toFixed(2).padStart(6)}  ${verdictOf(result)}   ${detail}`;
}

function verdictOf(result: BenchResult | Told): string {
  if (!('budget' in result)) return ' '.repeat(14);
  const sign = result.kind === 'at-most' ? '≤' : '≥';
  return `${sign} ${result.budget.toFixed(2)}  ${within(result) ? 'within' : 'MISSED'}`;
}
