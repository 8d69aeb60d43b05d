/** gzip, read so that damage costs no more than what is damaged. */
import { createGunzip } from 'node:zlib';
import type { Problem } from './undecodable.ts';

/** Inflated in pieces of this size: one of them cannot become more than 1032 times as much. */
const INFLATE_BYTES = 16 * 1024;

/**
 * The inflated bytes of a gzip stream of one or more members; last a problem where it is cut off or damaged. What
 * could be inflated before the damage comes first: async iteration of the stream itself would drop it.
 */
export async function* inflated(
  input: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array | Problem, void, undefined> {
  const gunzip = createGunzip();
  let ready: Buffer[] = [];
  const state = { failed: false };
  let wake = (): void => undefined;
  gunzip.on('data', (data: Buffer) => ready.push(data));
  gunzip.on('error', () => {
    state.failed = true;
    wake();
  });
  // A failing stream calls the callback of its last write late or never: the error itself wakes as well.
  const turn = (act: (done: () => void) => void): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
      act(resolve);
    });
  const taken = (): readonly Buffer[] => {
    const out = ready;
    ready = [];
    return out;
  };
  try {
    for await (const chunk of input) {
      for (let at = 0; at < chunk.length && !state.failed; at += INFLATE_BYTES) {
        await turn((done) => gunzip.write(chunk.subarray(at, at + INFLATE_BYTES), done));
        yield* taken();
      }
      if (state.failed) break;
    }
    if (!state.failed) {
      await turn((done) => {
        gunzip.once('end', done);
        gunzip.end();
      });
      yield* taken();
    }
    if (state.failed) yield DAMAGED;
  } finally {
    gunzip.destroy();
  }
}

const DAMAGED: Problem = {
  code: 'file-damaged',
  reason: 'The compressed file is cut off or damaged; what stands before was read.',
  hint: 'Fetch the file anew, test it with gzip -t and replay it: what is stored already counts as duplicate.',
};
