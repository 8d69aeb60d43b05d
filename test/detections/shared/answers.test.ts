import { describe, expect, it } from 'vitest';
import { SHARED_FILES, SHARED_QUESTIONS } from './answers.ts';
import type { Shared } from './ground.ts';

const files = await Promise.all(
  SHARED_FILES.map((name) => {
    const { href } = new URL(`../../../shared/detections/${name}`, import.meta.url);
    return import(/* @vite-ignore */ href) as Promise<object>;
  }),
);
const shared = Object.assign({}, ...files) as Shared;

describe('what detections share', () => {
  it.each(SHARED_QUESTIONS)('$what', ({ ask, answer }) => {
    expect(ask(shared)).toEqual(answer);
  });
});
