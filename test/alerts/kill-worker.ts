/** A deliverer as a process of its own, for tests that kill it. Its one argument is a Work as JSON. */
import { sweepAt, type Work } from './one-sweep.ts';

await sweepAt(JSON.parse(process.argv[2] ?? '') as Work);
