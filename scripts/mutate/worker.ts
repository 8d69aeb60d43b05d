/**
 * One thread that judges mutants: each is loaded as a module of its own, `FILE?mutant=N`, and its cases are run. A
 * mutant of what detections share is loaded with all of shared/detections around it, and asked by itself before.
 */
/* oxlint-disable unicorn/require-post-message-target-origin -- a thread has no origin */
import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { isDetection, type CandidateMutant, type Verdict } from './mutant.ts';
import type { Modules } from './suite.ts';
import type { Shared } from '../../test/detections/shared/ground.ts';

const FOLDER = pathToFileURL(`${join(import.meta.dirname, '../../shared/detections')}/`).href;
const OWN = `${FOLDER}own/`;

let current: CandidateMutant | undefined;
const queryOf = (url: string | undefined): string | undefined => url?.split('?')[1];

registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context);
    const query = queryOf(context.parentURL);
    const spread = current !== undefined && !current.alone && query?.startsWith('mutant=') === true;
    return spread && resolved.url.startsWith(FOLDER) && queryOf(resolved.url) === undefined
      ? { ...resolved, url: `${resolved.url}?${query}` }
      : resolved;
  },
  load(url, context, next) {
    const [file = '', query] = url.split('?');
    if (current === undefined || query === undefined || fileURLToPath(file) !== current.file)
      return next(url, context);
    const text = readFileSync(current.file, 'utf8');
    const { start, end, text: other } = current.mutation;
    const source = stripTypeScriptTypes(`${text.slice(0, start)}${other}${text.slice(end)}`);
    return { format: 'module', source, shortCircuit: true };
  },
});

// Imported after the hooks, and by the thread itself: the modules that are not mutated are the same for all mutants.
const { failingCase } = await import('./suite.ts');
const { SHARED_FILES, wrongAnswer } = await import('../../test/detections/shared/answers.ts');
const { ownFailure } = await import('../../test/detections/own/corpus.ts');
const { DETECTIONS } = await import('../../shared/detections/index.ts');
const { createDetect } = await import('../../shared/detections/detect.ts');
const { parseRules } = await import('../../shared/detections/own/parse.ts');
const { runRuleCases } = await import('../../shared/detections/own/cases.ts');

async function judge(mutant: CandidateMutant): Promise<Verdict> {
  current = mutant;
  const load = async (name: string): Promise<Record<string, unknown>> =>
    (await import(`${FOLDER}${name}?mutant=${mutant.number}`)) as Record<string, unknown>;
  try {
    if (pathToFileURL(mutant.file).href.startsWith(OWN)) {
      const modules = { ...(await load('own/parse.ts')), ...(await load('own/cases.ts')) };
      return verdictOf(ownFailure(modules as unknown as Parameters<typeof ownFailure>[0]));
    }
    if (mutant.alone) {
      const detection = Object.values(await load(mutant.name)).find(isDetection);
      return detection === undefined ? 'invalid' : verdictOf(failingCase([detection], { createDetect }));
    }
    const loaded = await Promise.all(SHARED_FILES.map((name) => load(name)));
    const modules = Object.assign({}, ...loaded) as Modules & Shared;
    const { DETECTIONS: list } = await load('index.ts');
    if (!Array.isArray(list)) return 'invalid';
    // The catalogue's test holds the list against the folder.
    const whole = list.filter(isDetection);
    if (whole.length !== DETECTIONS.length) return 'killed';
    return verdictOf(wrongAnswer(modules) ?? failingCase(whole, modules));
  } catch (error) {
    return error instanceof SyntaxError || isTransformError(error) ? 'invalid' : 'killed';
  } finally {
    current = undefined;
  }
}

const verdictOf = (failure: string | undefined): Verdict => (failure === undefined ? 'survived' : 'killed');

/** What Node says of a text that is no TypeScript. */
const isTransformError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_TYPESCRIPT_SYNTAX';

parentPort?.on('message', (mutant: CandidateMutant) => {
  void judge(mutant).then((verdict) => parentPort?.postMessage({ number: mutant.number, verdict }));
});
// What fails by itself would be counted as noticing every mutant.
const judging = new Set<string>(workerData as readonly string[]);
const alone = DETECTIONS.filter(({ id }) => judging.has(`${id}.ts`));
const isShared = judging.size > alone.length;
const failing =
  failingCase(isShared ? DETECTIONS : alone, { createDetect }) ??
  (isShared ? ownFailure({ parseRules, runRuleCases }) : undefined);
if (failing !== undefined)
  throw new Error(`Without any mutant the case ${failing} fails; run npm test first.`);
parentPort?.postMessage({ ready: true });
