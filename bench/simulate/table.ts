/** The report as text. */
import type { Report } from './figures.ts';

const COLUMNS = [
  'rule',
  'injected',
  'found',
  'missed',
  'false',
  'in grace',
  'recall ≥',
  'median s',
  'p99 s',
  'beyond s',
  'taken back',
] as const;

export function textOf(report: Report): string {
  const rows = report.rules.map((one) => [
    one.rule,
    String(one.injected),
    String(one.found),
    String(one.missed),
    String(one.false),
    String(one.falseWithinGrace),
    one.injected === 0 ? '-' : one.recall.toFixed(5),
    String(one.medianSeconds ?? '-'),
    String(one.p99Seconds ?? '-'),
    String(one.maxBeyondGraceSeconds ?? '-'),
    String(one.takenBack),
  ]);
  const widths = COLUMNS.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ');
  const missed = report.rules.flatMap(({ rule, variants }) =>
    Object.entries(variants)
      .filter(([, [injected, found]]) => found < injected)
      .map(([variant, [injected, found]]) => `  ${rule}: ${variant}: ${found} of ${injected} found`),
  );
  return [
    line(COLUMNS),
    ...rows.map(line),
    ...(missed.length === 0 ? [] : ['', 'missed', ...missed]),
    '',
    `${report.seeds.length} seeds, ${report.jobs} jobs, ${report.entries} entries (${report.quarantined} in quarantine), ${report.verdicts} verdicts`,
    `false alerts for 10,000 jobs: ${report.falsePer10000JobsWithinGrace.toFixed(2)} within grace, ${report.falsePer10000JobsBeyondGrace.toFixed(2)} where evidence came beyond it`,
    `alerts for 1,000 jobs: ${report.alertsPer1000Jobs.toFixed(1)}; taken back by late evidence: ${report.autoResolved}`,
    `undetermined outside outages: ${(100 * report.undeterminedShare).toFixed(3)} %; in outages: ${report.undeterminedInOutages} verdicts`,
    ...Object.entries(report.errors).map(([text, count]) => `error (${count} times): ${text.slice(0, 400)}`),
    ...(report.examples.length === 0 ? [] : ['', ...report.examples]),
    `${report.seconds.toFixed(1)} s of processor time`,
  ].join('\n');
}
