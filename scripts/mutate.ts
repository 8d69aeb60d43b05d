/**
 * `npm run mutate [-- ID …]`: changes shared/detections in small ways and counts which changes its cases notice. Fails
 * below 85 %, for a survivor that test/detections/equivalent-mutants.json does not explain, and for an explanation of none.
 */
import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { lineAt, mutationsOf } from './mutate/mutations.ts';
import type { CandidateMutant, Verdict } from './mutate/mutant.ts';
import { judgeAll } from './mutate/pool.ts';

const ROOT = join(import.meta.dirname, '..');
const FOLDER = join(ROOT, 'shared/detections');
const LEAST = 0.85;

/** Mutants that no test can notice, each with the reason. `line` is the text of the source line, without indentation. */
const Equivalent = z.array(
  z.strictObject({ file: z.string(), line: z.string(), mutation: z.string(), why: z.string().min(20) }),
);

interface Judged {
  readonly mutant: CandidateMutant;
  readonly verdict: Verdict;
}

const only = process.argv.slice(2);
const sources = new Map(
  globSync('**/*.ts', { cwd: FOLDER })
    .toSorted()
    .map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')] as const)
    .filter(
      ([name]) => only.length === 0 || only.some((id) => name === `${id}.ts` || name.startsWith(`${id}/`)),
    ),
);
let number = 0;
const mutants = [...sources].flatMap(([name, source]) =>
  mutationsOf(source).map((mutation): CandidateMutant => {
    number += 1;
    const alone = /=\s*define(?:Change)?Detection\(/.test(source) && !name.includes('/');
    return { number, file: join(FOLDER, name), name, mutation, alone };
  }),
);

const judged: Judged[] = [];
const began = performance.now();
await judgeAll(mutants, {
  threads: Math.min(2, availableParallelism()),
  onVerdict(mutant, verdict) {
    judged.push({ mutant, verdict });
    if (judged.length % 500 === 0) console.error(`${judged.length} of ${mutants.length}`);
  },
});

const valid = judged.filter(({ verdict }) => verdict !== 'invalid');
const survivors = valid.filter(({ verdict }) => verdict === 'survived');
for (const name of sources.keys()) {
  const own = valid.filter(({ mutant }) => mutant.name === name);
  if (own.length === 0) continue;
  const killed = own.filter(({ verdict }) => verdict !== 'survived').length;
  console.log(
    `${percent(killed, own.length).padStart(6)}  ${`${killed}/${own.length}`.padStart(9)}  ${name}`,
  );
}

const explained = Equivalent.parse(
  JSON.parse(readFileSync(join(ROOT, 'test/detections/equivalent-mutants.json'), 'utf8')),
);
const used = new Set<number>();
let open = 0;
for (const { mutant } of survivors.toSorted((a, b) => a.mutant.number - b.mutant.number)) {
  const { line, text } = lineAt(sources.get(mutant.name) ?? '', mutant.mutation.start);
  const at = explained.findIndex(
    (one) => one.file === mutant.name && one.line === text && one.mutation === mutant.mutation.name,
  );
  used.add(at);
  if (at >= 0) continue;
  open += 1;
  console.log(`survived: shared/detections/${mutant.name}:${line}: ${mutant.mutation.name}\n    ${text}`);
}
const stale = explained.filter((one, at) => sources.has(one.file) && !used.has(at));
for (const { file, line, mutation } of stale)
  console.log(`explained, and no survivor: ${file}: ${mutation}\n    ${line}`);

const killed = valid.length - survivors.length;
const seconds = ((performance.now() - began) / 1000).toFixed(0);
console.log(
  `${killed} of ${valid.length} mutants killed (${percent(killed, valid.length)}), ` +
    `${survivors.length - open} equivalent, ${open} open, ${seconds} s`,
);
process.exitCode = killed / valid.length < LEAST || open > 0 || stale.length > 0 ? 1 : 0;

function percent(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)}%`;
}
