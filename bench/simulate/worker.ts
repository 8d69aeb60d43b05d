/** A process that simulates the seeds it is given, one after the other, and hands back the figures of each. */
import * as z from 'zod';
import { simulate } from './simulate.ts';

const Asked = z.object({
  seed: z.number(),
  jobs: z.number(),
  days: z.number(),
  injections: z.number(),
  examples: z.number(),
});
export type Asked = z.infer<typeof Asked>;

process.on('message', (message) => {
  const { examples, ...options } = Asked.parse(message);
  simulate(options, { examples }).then(
    (figures) => process.send?.({ figures }),
    (error: unknown) =>
      process.send?.({ error: error instanceof Error ? (error.stack ?? '') : String(error) }),
  );
});
process.on('disconnect', () => process.exit());
