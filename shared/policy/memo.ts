/**
 * Decisions remembered by what the policies that could hold look at. Two events that agree there have the same decision, so
 * that most events of a day, which repeat who, what and where, are not put to Cedar at all.
 */
import { hash } from 'node:crypto';
import type { CedarValueJson } from '@cedar-policy/cedar-wasm/nodejs';
import { CONTEXT, PRINCIPAL, principalIdOf, RESOURCE, valuesOf, type Subject } from './attributes.ts';
import type { Decision } from './decision.ts';
import type { ParsedPolicy } from './policy-files.ts';
import { couldHold } from './slice.ts';
import type { Usage } from './usage.ts';

export interface MemoCounts {
  readonly hits: number;
  readonly misses: number;
}

/** Kept at most; what was not asked for longest goes first. An attacker who varies what is looked at costs time, not memory. */
const MOST = 50_000;
/** Characters; of what is longer the digest is kept. */
const LONG_KEY = 512;

/** Attributes of a principal that follow from its id, under one bundle. */
const OF_ID = new Set(['id', 'issuer', 'subject', 'environment']);

export interface Memo {
  of(subject: Subject, decide: () => Decision): Decision;
  readonly counts: () => MemoCounts;
}

/** What the policies that could hold for a verb in an environment look at, beside these two, the kind and the principal's id. */
interface Looked {
  readonly reads: readonly ((subject: Subject) => CedarValueJson | undefined)[];
  /** Which resource it is. */
  readonly resource: boolean;
  /** The context as a whole. */
  readonly context: boolean;
}

function lookedAt(usages: readonly Usage[]): Looked {
  const named = <T>(variable: string, table: Readonly<Record<string, T>>): [string, T][] =>
    Object.entries(table).filter(([name]) =>
      usages.some(({ attributes }) => attributes.has(`${variable}.${name}`)),
    );
  return {
    reads: [
      ...named('principal', PRINCIPAL).filter(([name]) => !OF_ID.has(name)),
      ...named('resource', RESOURCE),
      ...named('context', CONTEXT),
    ].map(([, read]) => read),
    resource: usages.some(({ whole }) => whole.has('resource')),
    context: usages.some(({ whole }) => whole.has('context')),
  };
}

/** @param policies all of one bundle */
export function createMemo(policies: readonly ParsedPolicy[]): Memo {
  const looked = new Map<string, Looked>();
  let recent = new Map<string, Decision>();
  let older = new Map<string, Decision>();
  let hits = 0;
  let misses = 0;

  /** A policy about other verbs or environments makes no difference to what these have in common. */
  function lookedFor({ event: { action }, environment }: Subject): Looked {
    const slice = `${action} ${environment ?? ''}`;
    let known = looked.get(slice);
    if (known === undefined) {
      const near = policies.filter(({ json }) => couldHold(json, action, environment));
      known = lookedAt(near.map(({ usage }) => usage));
      looked.set(slice, known);
    }
    return known;
  }

  /**
   * A principal's groups follow from its id, a resource's parents from its environment. Of an owner and a lane as recorded
   * everything else is the event's own.
   */
  function keyOf(subject: Subject): string {
    const { event, kind, name, environment } = subject;
    const { reads, resource, context } = lookedFor(subject);
    const parts: (CedarValueJson | undefined)[] = [
      principalIdOf(event),
      event.actor?.kind,
      event.action,
      kind,
      environment,
    ];
    for (const read of reads) parts.push(read(subject));
    if (resource) parts.push(name);
    if (context) parts.push(valuesOf(CONTEXT, subject));
    const key = JSON.stringify(parts);
    return key.length > LONG_KEY ? hash('sha256', key, 'hex') : key;
  }

  function remember(key: string, decision: Decision): void {
    if (recent.size >= MOST / 2) {
      older = recent;
      recent = new Map();
    }
    recent.set(key, decision);
  }

  return {
    of(subject, decide) {
      const key = keyOf(subject);
      const latest = recent.get(key);
      const known = latest ?? older.get(key);
      if (known === undefined) misses += 1;
      else hits += 1;
      if (latest !== undefined) return latest;
      const decision = known ?? decide();
      remember(key, decision);
      return decision;
    },
    counts: () => ({ hits, misses }),
  };
}
