/** Seeds over several processes: each takes the next one when it is done with the last. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import * as z from 'zod';
import type { SeedFigures } from './figures.ts';
import type { Asked } from './worker.ts';

const rule = z.object({
  injected: z.number(),
  found: z.number(),
  variants: z.record(z.string(), z.tuple([z.number(), z.number()])),
  falseWithin: z.number(),
  falseBeyond: z.number(),
  takenBack: z.number(),
  findings: z.number(),
  alerts: z.number(),
  undetermined: z.number(),
  delays: z.array(z.number()),
  beyond: z.array(z.number()),
});

const Answer = z.union([
  z.object({
    figures: z.object({
      seed: z.number(),
      entries: z.number(),
      jobs: z.number(),
      quarantined: z.number(),
      verdicts: z.number(),
      undetermined: z.number(),
      undeterminedInOutages: z.number(),
      waiting: z.number(),
      resolved: z.number(),
      rules: z.record(z.string(), rule),
      errors: z.record(z.string(), z.number()),
      seconds: z.number(),
      examples: z.array(z.string()),
    }),
  }),
  z.object({ error: z.string() }),
]);

/** @throws Error of the first seed that fails, once no process is left. */
export async function simulateAll(
  asked: readonly Asked[],
  processes: number,
  done: (figures: SeedFigures) => void,
): Promise<readonly SeedFigures[]> {
  const open = asked.toReversed();
  const all: SeedFigures[] = [];
  const failures: string[] = [];

  async function one(): Promise<void> {
    const child = fork(join(import.meta.dirname, 'worker.ts'));
    try {
      for (let next = open.pop(); next !== undefined && failures.length === 0; next = open.pop()) {
        const answer = Answer.parse(await answerTo(child, next));
        if ('error' in answer) failures.push(answer.error);
        else {
          all.push(answer.figures);
          done(answer.figures);
        }
      }
    } finally {
      child.disconnect();
    }
  }
  await Promise.all(Array.from({ length: Math.min(processes, asked.length) }, one));
  const [failure] = failures;
  if (failure !== undefined) throw new Error(failure);
  return all.toSorted((a, b) => a.seed - b.seed);
}

function answerTo(child: ReturnType<typeof fork>, asked: Asked): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void =>
      reject(new Error(`a worker ended with code ${String(code)}`));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message);
    });
    child.send(asked);
  });
}
