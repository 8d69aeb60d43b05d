/**
 * Where an unexpected error came from, by the source files that a function's one file was made of. The source map beside it is read
 * with the first such error: Node's own flag reads it at every start, for errors that hardly ever come.
 */
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import * as z from 'zod';
import { JobtrailError } from '../../shared/errors.ts';

const Payload = z.object({
  version: z.number(),
  sources: z.array(z.string()),
  names: z.array(z.string()),
  mappings: z.string(),
});

const maps = new Map<string, SourceMap | undefined>();

/**
 * Undefined for an error that says what it is, and for what is none.
 * @param file of the code that runs, as a URL: of a bundle the same for all of it
 */
export function stackOf(error: unknown, file: string = import.meta.url): string | undefined {
  if (error instanceof JobtrailError || !(error instanceof Error) || error.stack === undefined)
    return undefined;
  const map = mapOf(file);
  if (map === undefined) return error.stack;
  return error.stack
    .split('\n')
    .map((line) => inSource(line, file, map))
    .join('\n');
}

function mapOf(file: string): SourceMap | undefined {
  if (!maps.has(file)) maps.set(file, readMap(file));
  return maps.get(file);
}

/** None in a checkout, where the code that runs is the source. */
function readMap(file: string): SourceMap | undefined {
  try {
    const payload = Payload.parse(JSON.parse(readFileSync(new URL(`${file}.map`), 'utf8')));
    return new SourceMap({ ...payload, file: '', sourcesContent: [], sourceRoot: '' });
  } catch {
    return undefined;
  }
}

/** `at f (file:///workspace/index.js:LINE:COLUMN)`; messages are lines of a stack, too, and stay as they are. */
function inSource(line: string, file: string, map: SourceMap): string {
  const at = line.lastIndexOf(`${file}:`);
  if (at < 0 || !line.trimStart().startsWith('at ')) return line;
  const [place = '', row, column] = /^:(\d{1,9}):(\d{1,9})/.exec(line.slice(at + file.length)) ?? [];
  const origin = map.findOrigin(Number(row), Number(column));
  if (!('fileName' in origin)) return line;
  const source = origin.fileName.replace(/^(?:\.\.\/)+/, '');
  return `${line.slice(0, at)}${source}:${origin.lineNumber}:${origin.columnNumber}${line.slice(at + file.length + place.length)}`;
}
