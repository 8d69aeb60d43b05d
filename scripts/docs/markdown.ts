/** Markdown as oxfmt writes it, and the generated parts of a page between their markers. */

/** Cells are Markdown; `|` in them is escaped here. Padded, since the formatter pads tables. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => head.map((_, at) => escapeCell(row[at] ?? '')));
  const widths = head.map((_, at) => Math.max(3, ...cells.map((row) => (row[at] ?? '').length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const [first = [], ...rest] = cells;
  return [line(first), line(widths.map((width) => '-'.repeat(width))), ...rest.map(line)].join('\n');
}

const escapeCell = (cell: string): string => cell.replaceAll('\n', ' ').replaceAll('|', '\\|');

export const code = (text: string): string => `\`${text}\``;
export const codes = (texts: readonly string[]): string => texts.map(code).join(', ');

const MARKED = /<!-- generated: ([a-z-]+) -->\n[\s\S]*?<!-- \/generated -->/g;

/**
 * The page with each marked part written anew.
 * @throws Error for a marker that names no part
 */
export function fill(page: string, parts: ReadonlyMap<string, () => string>): string {
  return page.replaceAll(MARKED, (_, name: string) => {
    const part = parts.get(name);
    if (part === undefined) throw new Error(`No generated part is called ${name}.`);
    return `<!-- generated: ${name} -->\n\n${part()}\n\n<!-- /generated -->`;
  });
}

/** Names of the marked parts of a page, in order. */
export function markedParts(page: string): readonly string[] {
  return Array.from(page.matchAll(MARKED), (match) => match[1] ?? '');
}
