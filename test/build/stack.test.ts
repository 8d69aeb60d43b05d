/** Stacks of a bundle name the files that it was made of. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { stackOf } from '../../functions/runtime/stack.ts';
import { makeBundle } from '../../scripts/build/bundle.ts';
import { writeBundle } from '../../scripts/build/write.ts';
import { JobtrailError } from '../../shared/errors.ts';
import { temporaryFolder } from './support.ts';

const SOURCE = 'functions/runtime/handler.ts';
/** A text that stands once in that file. */
const MARK = 'is not answered here.';

/** Line of the mark, from 1. */
const lineIn = (text: string): number => text.slice(0, text.indexOf(MARK)).split('\n').length;

const errorWith = (stack: string): Error => Object.assign(new Error('x'), { stack });

it('a line of a bundle is told by its source file, and what is no line of it stays', async () => {
  const { folder } = writeBundle(await makeBundle('functions/istio/index.ts', 'istio'), temporaryFolder());
  const code = readFileSync(join(folder, 'index.js'), 'utf8');
  const file = pathToFileURL(join(folder, 'index.js')).href;
  const row = lineIn(code);
  const column = (code.split('\n')[row - 1] ?? '').indexOf(MARK);
  const stack = [
    `TypeError: ${file}:${row}:${column} is what somebody wrote`,
    `    at notPost (${file}:${row}:${column})`,
    `    at async ${file}:${row}:${column}`,
    '    at Socket.emit (node:events:508:28)',
    `    at ${file}:99999999:1`,
  ];
  const [message, named, bare, foreign] = stackOf(errorWith(stack.join('\n')), file)?.split('\n') ?? [];
  const line = lineIn(readFileSync(new URL(`../../${SOURCE}`, import.meta.url), 'utf8'));
  expect(message).toBe(stack[0]);
  expect(named).toMatch(new RegExp(`^    at notPost \\(${SOURCE}:${line}:\\d+\\)$`));
  expect(bare).toMatch(new RegExp(`^    at async ${SOURCE}:${line}:\\d+$`));
  expect(foreign).toBe(stack[3]);
});

it('without a map, as in a checkout, it is the stack as it is; of a known error there is none', () => {
  const error = new Error('x');
  expect(stackOf(error)).toBe(error.stack);
  expect(stackOf(new JobtrailError('usage', 'known', 'read it'))).toBeUndefined();
  expect(stackOf('thrown')).toBeUndefined();
});
