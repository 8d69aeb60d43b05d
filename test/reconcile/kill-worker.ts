/** A reconciler as a process of its own, for tests that kill it. Its one argument is a Round as JSON. */
import { roundOf, type Round } from './one-round.ts';

await roundOf(JSON.parse(process.argv[2] ?? '') as Round);
