/** Texts of rule files → detections, or every problem at once: `file:line`, what is wrong, what to write instead. */
import { Rule, type RuleCase } from '../../../schemas/rule.ts';
import { readYaml, type Path } from '../../config/yaml-text.ts';
import { ACTIONS, type Action } from '../../model/event.ts';
import type { PolicyFile, PolicyProblem } from '../../policy/policy-files.ts';
import type { Detection } from '../detection.ts';
import { isObject } from '../../sources/fields.ts';
import { compileRule } from './compile.ts';
import { compileExpression } from './expression.ts';

export interface OwnRule {
  readonly detection: Detection;
  readonly cases: readonly RuleCase[];
  /** `file:line` of each case, in the same order. */
  readonly casePlaces: readonly string[];
}

export type ParsedRules =
  | { readonly kind: 'parsed'; readonly rules: readonly OwnRule[] }
  | { readonly kind: 'wrong'; readonly problems: readonly PolicyProblem[] };

/** Characters of one file. */
const MAX_FILE = 256 * 1024;
const FORM_ADVICE = 'docs/own-rules.md shows a rule with every key';
const WORDS: ReadonlyMap<string, Action> = new Map(ACTIONS.map((action) => [action, action]));

export function parseRules(files: readonly PolicyFile[]): ParsedRules {
  const problems: PolicyProblem[] = [];
  const rules = new Map<string, OwnRule>();
  const places = new Map<string, string>();
  for (const file of files) {
    const parsed = parseRule(file);
    if (parsed.kind === 'wrong') {
      problems.push(...parsed.problems);
      continue;
    }
    const { id } = parsed.rule.detection;
    const known = places.get(id);
    if (known !== undefined) {
      const reason = `the id ${id} is already that of ${known}`;
      problems.push({ file: file.name, line: parsed.idLine, reason, instead: 'give each rule its own' });
      continue;
    }
    places.set(id, file.name);
    rules.set(id, parsed.rule);
  }
  return problems.length > 0 ? { kind: 'wrong', problems } : { kind: 'parsed', rules: [...rules.values()] };
}

type ParsedRule =
  | { readonly kind: 'parsed'; readonly rule: OwnRule; readonly idLine: number }
  | { readonly kind: 'wrong'; readonly problems: readonly PolicyProblem[] };

function parseRule(file: PolicyFile): ParsedRule {
  const wrong = (line: number, reason: string, instead?: string): PolicyProblem => ({
    file: file.name,
    line,
    reason,
    instead,
  });
  if (file.text.length > MAX_FILE) {
    return {
      kind: 'wrong',
      problems: [wrong(1, `the file has more than ${MAX_FILE} characters`, 'write one rule per file')],
    };
  }
  const yaml = readYaml(file.text);
  if (yaml.kind === 'wrong') {
    return { kind: 'wrong', problems: yaml.problems.map(({ line, reason }) => wrong(line, reason)) };
  }
  const parsed = Rule.safeParse(yaml.value);
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap((issue) => {
      const path = issue.path.filter((key) => typeof key !== 'symbol');
      const told = (at: Path, reason: string): PolicyProblem =>
        wrong(yaml.lineOf(at), `${at.join('.') || 'rule'}: ${reason}`, FORM_ADVICE);
      return issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => told([...path, key], 'there is no such key'))
        : [told(path, issue.message)];
    });
    for (const [path, text] of writtenExpressions(yaml.value)) {
      const compiled = compileExpression(text);
      if (compiled.kind === 'compiled') continue;
      for (const { offset, reason, instead } of compiled.refusals)
        problems.push(wrong(yaml.lineOf(path, offset), `${path.join('.')}: ${reason}`, instead));
    }
    return { kind: 'wrong', problems: problems.toSorted(byLine) };
  }
  const rule = parsed.data;
  const problems: PolicyProblem[] = [];
  const on: Action[] = [];
  const verb = (text: string, path: Path): void => {
    const action = WORDS.get(text);
    if (action !== undefined) on.push(action);
    else
      problems.push(
        wrong(yaml.lineOf(path), `${path.join('.')}: ${JSON.stringify(text)} is no verb`, nearby(text)),
      );
  };
  rule.on.forEach((text, index) => verb(text, ['on', index]));
  rule.cases.forEach(({ event }, index) => {
    if (event !== undefined && !rule.on.includes(event.action)) {
      const path = ['cases', index, 'event', 'action'];
      problems.push(
        wrong(
          yaml.lineOf(path),
          `${path.join('.')}: the rule is not asked for ${event.action}`,
          'name it in `on`',
        ),
      );
    }
  });
  if (!rule.cases.some((one) => one.fires !== undefined) || !rule.cases.some((one) => one.quiet === true)) {
    problems.push(
      wrong(
        yaml.lineOf(['cases']),
        'cases: a rule has at least one that fires and one that is quiet',
        'add the other kind',
      ),
    );
  }
  const compiled = compileRule(rule, on);
  if (compiled.kind === 'wrong') {
    for (const { path, offset, reason, instead } of compiled.problems) {
      problems.push(wrong(yaml.lineOf(path, offset), `${path.join('.')}: ${reason}`, instead));
    }
  }
  if (problems.length > 0 || compiled.kind === 'wrong') {
    return { kind: 'wrong', problems: problems.toSorted(byLine) };
  }
  return {
    kind: 'parsed',
    idLine: yaml.lineOf(['id']),
    rule: {
      detection: compiled.detection,
      cases: rule.cases,
      casePlaces: rule.cases.map((_, index) => `${file.name}:${yaml.lineOf(['cases', index])}`),
    },
  };
}

const byLine = (a: PolicyProblem, b: PolicyProblem): number => a.line - b.line;

/** The expressions of a file whose form is wrong elsewhere: their mistakes are told with the others. */
function writtenExpressions(value: unknown): readonly (readonly [Path, string])[] {
  if (!isObject(value)) return [];
  const found: (readonly [Path, string])[] = [];
  for (const key of ['where', 'key']) {
    const text = value[key];
    if (typeof text === 'string' && text.trim() !== '') found.push([[key], text]);
  }
  const { evidence } = value;
  if (!Array.isArray(evidence)) return found;
  evidence.forEach((pair: unknown, index) => {
    const text: unknown = Array.isArray(pair) && pair.length === 2 ? pair[1] : undefined;
    if (typeof text === 'string' && text.trim() !== '') found.push([['evidence', index, 1], text]);
  });
  return found;
}

/** Verbs of the same family, or all families. */
function nearby(text: string): string {
  const family = text.split('.')[0] ?? '';
  const alike = ACTIONS.filter((action) => action.startsWith(`${family}.`));
  return alike.length > 0 ? `known: ${alike.join(', ')}` : 'docs/vocabulary.md lists the verbs';
}
