/**
 * Configuration, policies and own rules as one thing: what was declared, whole, under one digest. An event is decided by the bundle
 * that was in force at its time, and the texts behind the digest are kept, so that the decision can be taken again.
 */
import { createKeyring, fetchesNothing } from '../attest/keys.ts';
import { declaredFacts } from '../detections/declare.ts';
import type { DeclaredFacts } from '../detections/declared-facts.ts';
import type { Detection } from '../detections/detection.ts';
import { parseRules, type OwnRule } from '../detections/own/parse.ts';
import { canonicalDigest } from '../envelope/canonical.ts';
import { JobtrailError } from '../errors.ts';
import { createIdentifier } from '../identity/identify.ts';
import { createPolicyEngine, type PolicyEngine } from '../policy/engine.ts';
import { parsePolicies, type PolicyFile, type PolicyProblem } from '../policy/policy-files.ts';
import { parseConfig, type LoadedConfig } from './parse.ts';
import { readYaml } from './yaml-text.ts';

/** The texts, as they were reviewed. */
export interface BundleTexts {
  /** jobtrail.yaml. */
  readonly config: PolicyFile;
  /** Cedar policies, `*.cedar`. */
  readonly policies: readonly PolicyFile[];
  /** The organisation's own rules, `rules/*.yaml`. */
  readonly rules: readonly PolicyFile[];
}

export interface Bundle extends LoadedConfig {
  readonly texts: BundleTexts;
  readonly facts: DeclaredFacts;
  /** Undefined where there are no policies: then nothing is decided. */
  readonly policy: PolicyEngine | undefined;
  readonly rules: readonly OwnRule[];
  /** How many policies there are. */
  readonly policies: number;
  /** Those of `rules`, to be asked beside the catalogue's. */
  readonly detections: readonly Detection[];
}

/**
 * @param checked digest of a bundle that this very code took before, as the build did of the one that it put into a zip
 * @throws JobtrailError `config-invalid` with every problem of every file: `file:line: what is wrong; what to write`.
 */
export function parseBundle(texts: BundleTexts, checked?: string): Bundle {
  const problems: string[] = [];
  const digest = bundleDigest(texts);
  const loaded = collect(problems, () => parseConfig(texts.config.text, texts.config.name));
  const parsed = parsePolicies(texts.policies, digest === checked);
  const own = parseRules(texts.rules);
  for (const one of [parsed, own]) if (one.kind === 'wrong') problems.push(...one.problems.map(lineOf));
  const facts = loaded === undefined ? undefined : factsOf(problems, digest, loaded, texts.config);
  if (loaded === undefined || facts === undefined || parsed.kind === 'wrong' || own.kind === 'wrong')
    throw wrong(problems);
  const { policies } = parsed;
  const { rules } = own;
  return {
    ...loaded,
    digest,
    texts,
    facts,
    policy: policies.length === 0 ? undefined : createPolicyEngine(digest, policies),
    rules,
    policies: policies.length,
    detections: rules.map((rule) => rule.detection),
  };
}

/** What is only found when the declarations are put to use: identifiers that are none, bindings that contradict each other. */
function factsOf(
  problems: string[],
  digest: string,
  { config, environmentOf, meshProjects }: LoadedConfig,
  file: PolicyFile,
): DeclaredFacts | undefined {
  const found: string[] = [];
  const { agents, bindings, issuers } = config;
  const declarations = { digest, declared: config, agents, environmentOf, meshProjects };
  const facts = collect(found, () => declaredFacts(declarations));
  const identifier = collect(found, () => createIdentifier({ bindings, agents }));
  const keyring = collect(found, () => createKeyring(issuers, fetchesNothing));
  const yaml = readYaml(file.text);
  for (const line of found) {
    // `groups.etl: what is wrong`: the path of what it is about.
    const path = /^[\w.-]{1,200}(?=: )/.exec(line)?.[0].split('.') ?? [];
    problems.push(`${file.name}:${yaml.kind === 'read' ? yaml.lineOf(path) : 1}: ${line}`);
  }
  return identifier === undefined || keyring === undefined ? undefined : facts;
}

const lineOf = ({ file, line, reason, instead }: PolicyProblem): string =>
  `${file}:${line}: ${reason}${instead === undefined ? '' : `; ${instead}`}`;

/**
 * The same for the same configuration as it is written and the same texts of policies and rules, in whatever layout, order
 * and files. Defaults are not part of it: a later version with another key has the same digest for the same texts.
 */
function bundleDigest({ config, policies, rules }: BundleTexts): string {
  const yaml = readYaml(config.text);
  const written = yaml.kind === 'read' ? (yaml.value ?? {}) : {};
  const sorted = (files: readonly PolicyFile[]) => files.map(({ text }) => text).toSorted();
  return canonicalDigest(
    JSON.stringify({ config: written, policies: sorted(policies), rules: sorted(rules) }),
  );
}

function collect<T>(problems: string[], parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof JobtrailError) || error.code !== 'config-invalid') throw error;
    const [, ...lines] = error.message.split('\n');
    problems.push(...(lines.length === 0 ? [error.message] : lines.map((line) => line.trim())));
    return undefined;
  }
}

function wrong(problems: readonly string[]): JobtrailError {
  return new JobtrailError(
    'config-invalid',
    `The configuration has ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n  ${problems.join('\n  ')}`,
    'Mend the lines named above; docs/configuration.md, docs/policy.md and docs/own-rules.md tell what can be written.',
  );
}
