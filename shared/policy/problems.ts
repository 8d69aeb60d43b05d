/** What Cedar says is wrong with a policy → file, line, reason, and what to write instead. */
import type { DetailedError, SourceLabel } from '@cedar-policy/cedar-wasm/nodejs';
import type { PolicyFile, PolicyProblem } from './policy-files.ts';

const SYNTAX_ADVICE = 'docs/policy.md shows how policies are written; each ends with `;`';

/** Every error of one parse. Cedar puts all but the first under it. */
export function cedarProblems(
  file: PolicyFile,
  offset: number,
  errors: readonly DetailedError[],
): PolicyProblem[] {
  return errors.flatMap((error) => [
    {
      file: file.name,
      line: lineOf(file, offset, error),
      reason: error.message.replace(/^failed to parse (?:policy|template) from string: /, ''),
      instead: adviceOf(error),
    },
    ...cedarProblems(file, offset, error.related ?? []),
  ]);
}

function adviceOf(error: DetailedError): string {
  if (error.message.includes('template slot')) return 'templates are not read: write the policy out';
  const [location] = locationsOf(error);
  return error.help ?? location?.label ?? SYNTAX_ADVICE;
}

export const locationsOf = (error: DetailedError): readonly SourceLabel[] => error.sourceLocations ?? [];

/** Line of an error in a policy that begins at `offset`. */
export function lineOf(file: PolicyFile, offset: number, error: DetailedError): number {
  const [location] = locationsOf(error);
  return lineAt(file.text, offset + utf16(file.text.slice(offset), location?.start ?? 0));
}

/** Cedar counts bytes of UTF-8, the text's own index counts UTF-16 units. */
const utf16 = (text: string, bytes: number): number => Buffer.from(text).subarray(0, bytes).toString().length;

/** From 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
