/** What the tests read out of a page under docs/. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

export const readPage = (name: string): string => readFileSync(join(ROOT, 'docs', name), 'utf8');

/** The section under a heading of any level, to the next heading of the same level. */
export function section(page: string, heading: string): string {
  const level = new RegExp(`^(#{1,4}) ${heading}$`, 'm').exec(page);
  if (level === null) throw new Error(`There is no heading \`${heading}\`.`);
  const body = page.slice(level.index + level[0].length);
  const next = body.search(new RegExp(`^#{1,${level[1]?.length ?? 1}} `, 'm'));
  return next < 0 ? body : body.slice(0, next);
}

/** Cells of every table row of a text, heads and rules left out. */
export function tableRows(text: string): string[][] {
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  return lines
    .filter((_, at) => !isRule(lines[at]) && !isRule(lines[at + 1]))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    );
}

const isRule = (line: string | undefined): boolean => line !== undefined && /^\|[ |:-]+\|$/.test(line);

/** The contents of code marks. */
export const codes = (text: string): string[] =>
  Array.from(text.matchAll(/`([^`\n]+)`/g), (match) => match[1] ?? '');

/** Bodies of fenced blocks of one language. */
export function fences(text: string, language: string): string[] {
  return Array.from(
    text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm),
    (match) => [match[1] ?? '', match[2] ?? ''] as const,
  ).flatMap(([named, body]) => (named === language ? [body] : []));
}

/** Fenced blocks that a line with a path and a colon names: path to contents. */
export function namedFiles(text: string): Map<string, string> {
  const blocks = text.matchAll(/^`([^`\n]+)`:\n\n```\w+\n([\s\S]*?)^```$/gm);
  return new Map(Array.from(blocks, (match) => [match[1] ?? '', match[2] ?? '']));
}
