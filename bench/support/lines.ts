/** Lines of a file, by the chunk: faster than node:readline, so that a floor made of it is a low one. */
import { createReadStream } from 'node:fs';

const CHUNK_BYTES = 1024 * 1024;

export async function* linesOf(file: string): AsyncGenerator<readonly string[], void, undefined> {
  let rest = '';
  for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: CHUNK_BYTES })) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield lines;
  }
  if (rest !== '') yield [rest];
}
