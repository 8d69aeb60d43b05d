/** What a script is told to read and to write, by the company's own convention for arguments. */
import type { Json } from '../entry.ts';

export interface Touched {
  readonly script: string | undefined;
  /** `gs://…` or `project.dataset.table`. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

/** `--input=…`, `--input …`, `--input-table=…`, and the like for output. */
export function touchedBy(work: Json, alsoReads: readonly string[] = []): Touched {
  const [body] = Object.values(work);
  const told = typeof body === 'object' && body !== null && !Array.isArray(body) ? Object.entries(body) : [];
  const field = (name: string): unknown => told.find(([key]) => key === name)?.[1];
  const script = field('mainPythonFileUri');
  const args = field('args');
  const words = Array.isArray(args) ? args.map(String).join(' ').split(/[ =]/) : [];
  const after = (...flags: readonly string[]): string[] =>
    words.flatMap((word, i) => (flags.includes(word) ? [words[i + 1] ?? ''] : []));
  return {
    script: typeof script === 'string' ? script : undefined,
    reads: [...after('--input', '--input-table'), ...alsoReads],
    writes: after('--output', '--output-table'),
  };
}
