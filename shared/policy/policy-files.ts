/**
 * Texts of Cedar policies → a set that can decide, or every problem at once. Each policy has an `@id`, which decisions
 * cite; each is validated against the project's schema, so that one that could never match is refused and not silent.
 */
import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { cedar } from '../cedar.ts';
import { policyTexts, type PolicyText } from './policy-texts.ts';
import { cedarProblems, lineAt } from './problems.ts';
import { usageOf, type Usage } from './usage.ts';
import { invalid } from './validate.ts';

export interface PolicyFile {
  readonly name: string;
  readonly text: string;
}

export interface ParsedPolicy {
  readonly id: string;
  readonly text: string;
  /** Cedar's JSON format, annotations left out: to look at. Numbers above 2^53 are rounded in it; `text` is what decides. */
  readonly json: PolicyJson;
  readonly effect: 'permit' | 'forbid';
  readonly usage: Usage;
  /** `file:line` of its beginning. */
  readonly place: string;
}

/** A policy with where it stands. */
export interface PlacedPolicy extends ParsedPolicy {
  readonly file: PolicyFile;
  readonly offset: number;
}

export interface PolicyProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly reason: string;
  /** What to write instead, where it can be told. */
  readonly instead: string | undefined;
}

export type ParsedPolicies =
  | { readonly kind: 'parsed'; readonly policies: readonly ParsedPolicy[] }
  | { readonly kind: 'wrong'; readonly problems: readonly PolicyProblem[] };

/** Characters of one file, and policies of all. */
const MAX_FILE = 512 * 1024;
const MAX_POLICIES = 2000;

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const ID_ADVICE = 'write @id("team-what-it-permits") above it: letters, digits, `.`, `_`, `-`';

/** @param checked the schema's validation, which takes longer than all the rest, has passed these very texts */
export function parsePolicies(files: readonly PolicyFile[], checked = false): ParsedPolicies {
  const problems: PolicyProblem[] = [];
  const policies = new Map<string, PlacedPolicy>();
  for (const file of files) {
    const texts = file.text.length > MAX_FILE ? [] : policyTexts(file.text);
    if (file.text.length > MAX_FILE || policies.size + texts.length > MAX_POLICIES) {
      problems.push(tooLarge(file));
      continue;
    }
    for (const text of texts) {
      const parsed = parseOne(file, text);
      if (Array.isArray(parsed)) problems.push(...parsed);
      else if (policies.has(parsed.id)) {
        const reason = `the @id "${parsed.id}" is already that of ${policies.get(parsed.id)?.place}`;
        const line = lineAt(file.text, text.offset);
        problems.push({ file: file.name, line, reason, instead: 'give each policy its own' });
      } else policies.set(parsed.id, parsed);
    }
  }
  if (!checked) problems.push(...invalid([...policies.values()]));
  return problems.length > 0
    ? { kind: 'wrong', problems: problems.toSorted(byPlace) }
    : { kind: 'parsed', policies: [...policies.values()] };
}

function parseOne(file: PolicyFile, { text, offset }: PolicyText): PlacedPolicy | PolicyProblem[] {
  const line = lineAt(file.text, offset);
  const parsed = cedar().policyToJson(text);
  if (parsed.type === 'failure') return cedarProblems(file, offset, parsed.errors);
  const { annotations = {}, ...json } = parsed.json;
  const id: unknown = Object.hasOwn(annotations, 'id') ? annotations['id'] : undefined;
  if (typeof id !== 'string' || !ID.test(id)) {
    const reason = id === undefined ? 'the policy has no @id' : 'the @id is no name';
    return [{ file: file.name, line, reason, instead: ID_ADVICE }];
  }
  return {
    id,
    text,
    json,
    effect: json.effect,
    usage: usageOf(json),
    place: `${file.name}:${line}`,
    file,
    offset,
  };
}

const tooLarge = ({ name }: PolicyFile): PolicyProblem => ({
  file: name,
  line: 1,
  reason: `a file has at most ${MAX_FILE} characters, all files together ${MAX_POLICIES} policies`,
  instead: 'write policies over groups, labels and environments, not one for each identity or resource',
});

const byPlace = (a: PolicyProblem, b: PolicyProblem): number =>
  a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1;
