/** What an expression may call: CEL's own by an allow-list, `matches` on a linear-time engine, and declared look-ups. */
import { RE2JS } from 're2js';
import type { PrincipalId } from '../../model/principal.ts';
import type { DeclaredFacts } from '../declared-facts.ts';

/**
 * Of CEL's own: methods by name and number of arguments. Time zones are left out (the library takes that of the process
 * for some), `split`, `map` and `bind` because values could grow with each other.
 */
export const METHODS: ReadonlySet<string> = new Set([
  'startsWith/1',
  'endsWith/1',
  'contains/1',
  'matches/1',
  'size/0',
  'lowerAscii/0',
  'upperAscii/0',
  'trim/0',
  'substring/1',
  'substring/2',
  'indexOf/1',
  'lastIndexOf/1',
  'join/1',
  'getFullYear/0',
  'getMonth/0',
  'getDate/0',
  'getDayOfWeek/0',
  'getHours/0',
  'getMinutes/0',
  'getSeconds/0',
]);
export const MACROS: ReadonlySet<string> = new Set(['exists/2', 'exists_one/2', 'all/2', 'filter/2']);
export const FUNCTIONS: ReadonlySet<string> = new Set([
  'size/1',
  'string/1',
  'int/1',
  'double/1',
  'timestamp/1',
  'duration/1',
  'has/1',
  'inGroup/2',
  'isAgent/1',
  'isDeployer/1',
  'classificationOf/1',
]);
/** Take a written text only: it is read once, and never one of an event's. */
export const LITERAL_ONLY: ReadonlySet<string> = new Set(['matches', 'timestamp', 'duration']);

/** `matches` of the expression is called by this name inside: the library does not let its own be replaced. */
export const LINEAR_MATCHES = 'linearMatches';

/** Pattern instructions times characters that one event may cost one rule: about a tenth of a second. */
const MATCH_WORK = 10_000_000;

export interface Meter {
  left: number;
}

export const freshMeter = (): Meter => ({ left: MATCH_WORK });

export interface Pattern {
  readonly test: (text: string, meter: Meter) => boolean;
}

/** @throws Error where the pattern is none of RE2's */
export function linearPattern(source: string): Pattern {
  const compiled = RE2JS.compile(source);
  const size = compiled.programSize();
  return {
    test(text, meter) {
      meter.left -= size * (text.length + 1);
      if (meter.left < 0) throw new RangeError('matches() took more steps than one event may cost');
      return compiled.test(text);
    },
  };
}

/** Declared look-ups, by signature. Texts that name nobody are of no group and no agent. */
export const LOOK_UPS: readonly (readonly [
  signature: string,
  answer: (facts: DeclaredFacts, first: string, second: string) => boolean | string,
])[] = [
  ['inGroup(string, string): bool', (facts, id, group) => facts.groupsOf(principal(id)).includes(group)],
  ['isAgent(string): bool', (facts, id) => facts.isAgent(principal(id))],
  ['isDeployer(string): bool', (facts, id) => facts.isDeployer(principal(id))],
  ['classificationOf(string): string', (facts, dataset) => facts.datasetLabel(dataset)?.classification ?? ''],
];

/** Ids of an event are canonical already; any other text is found under no key. */
const principal = (id: string): PrincipalId => id as PrincipalId;
