/**
 * What secrets look like in text: the prefixes that issuers put on their tokens, and the names under which people keep
 * what has no prefix. Every expression here is an alternation of literals with bounded tails, so that finding the next
 * place worth a look is linear in the text.
 */

/** Bits of CHARS. */
export const UPPER_DIGIT = 1;
export const ALNUM = 2;
export const WORD = 4;
export const URL_SAFE = 8;
export const DOTTED = 16;
export const BEARER = 32;
export const HEX = 64;
export const PEM = 128;
type CharClass = 1 | 2 | 4 | 8 | 16 | 32 | 64 | 128;

/** Classes of each ASCII character. */
export const CHARS: Uint8Array = charTable();

function charTable(): Uint8Array {
  const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
  const digits = '0123456789';
  const alnum = upper + upper.toLowerCase() + digits;
  const classes: readonly (readonly [CharClass, string])[] = [
    [UPPER_DIGIT, upper + digits],
    [ALNUM, alnum],
    [WORD, `${alnum}_`],
    [URL_SAFE, `${alnum}_-`],
    [DOTTED, `${alnum}_-.`],
    [BEARER, `${alnum}_-.~+/=`],
    [HEX, `${digits}abcdef-`],
    [PEM, `${alnum}+/=\r\n\\`],
  ];
  const table = new Uint8Array(128);
  for (const [bit, chars] of classes) {
    for (let i = 0; i < chars.length; i += 1) {
      const code = chars.charCodeAt(i);
      table[code] = (table[code] ?? 0) | bit;
    }
  }
  return table;
}

export interface TokenKind {
  readonly kind: string;
  readonly chars: CharClass;
  /** Length of the whole token, prefix included. */
  readonly min: number;
  readonly max: number;
}

const MANY = Number.MAX_SAFE_INTEGER;

/** By the literal that begins the token. Lengths as issuers document them, or well below where they may grow. */
const TOKENS: ReadonlyMap<string, TokenKind> = new Map([
  ['AKIA', { kind: 'aws-key', chars: UPPER_DIGIT, min: 20, max: 20 }],
  ['ASIA', { kind: 'aws-key', chars: UPPER_DIGIT, min: 20, max: 20 }],
  ['ghp_', { kind: 'github-token', chars: WORD, min: 30, max: MANY }],
  ['gho_', { kind: 'github-token', chars: WORD, min: 30, max: MANY }],
  ['ghu_', { kind: 'github-token', chars: WORD, min: 30, max: MANY }],
  ['ghs_', { kind: 'github-token', chars: WORD, min: 30, max: MANY }],
  ['ghr_', { kind: 'github-token', chars: WORD, min: 30, max: MANY }],
  ['github_pat_', { kind: 'github-token', chars: WORD, min: 33, max: MANY }],
  ['xoxa-', { kind: 'slack-token', chars: URL_SAFE, min: 15, max: MANY }],
  ['xoxb-', { kind: 'slack-token', chars: URL_SAFE, min: 15, max: MANY }],
  ['xoxe-', { kind: 'slack-token', chars: URL_SAFE, min: 15, max: MANY }],
  ['xoxp-', { kind: 'slack-token', chars: URL_SAFE, min: 15, max: MANY }],
  ['xoxr-', { kind: 'slack-token', chars: URL_SAFE, min: 15, max: MANY }],
  ['xoxs-', { kind: 'slack-token', chars: URL_SAFE, min: 15, max: MANY }],
  ['AIza', { kind: 'google-api-key', chars: URL_SAFE, min: 39, max: MANY }],
  ['ya29.', { kind: 'google-access-token', chars: DOTTED, min: 25, max: MANY }],
  ['1//0', { kind: 'google-refresh-token', chars: BEARER, min: 34, max: MANY }],
  ['GOCSPX-', { kind: 'google-client-secret', chars: URL_SAFE, min: 30, max: MANY }],
  ['dapi', { kind: 'databricks-token', chars: HEX, min: 36, max: 40 }],
]);

export const tokenKind = (literal: string): TokenKind | undefined => TOKENS.get(literal);

/**
 * A place worth a look. Groups: `token` (a prefix of TOKENS or of a JWT, at the start of a word; a word may also start
 * after an escaped line break), `key` (the name of a secret), `scheme` (an HTTP authentication scheme). Without a group:
 * a PEM header, a mark left by an earlier run. Sticky: tried where `ANCHOR_STARTS` says. The commonest anchor, a URL's
 * `://`, needs no expression.
 */
export const ANCHOR = new RegExp(
  '(?:(?<![A-Za-z0-9])|(?<=\\\\[nrt]))' +
    '(?<token>AKIA|ASIA|gh[oprsu]_|github_pat_|xox[abeprs]-|AIza|ya29\\.|1//0|GOCSPX-|dapi|eyJ)' +
    '|(?<!(?i:page)[_-]?)(?<key>(?i:passw(?:or)?d|passphrase|pwd|secret|token|(?:api|access|private)[_-]?key' +
    '|authorization(?!Info)|cookie|credentials?))' +
    '|(?<scheme>(?i:bearer|basic) )' +
    '|-----BEGIN |\\[redacted:',
  'y',
);

/** The first characters of everything that is an anchor: three, and the fourth where there is one. */
const STARTS = (
  'AKIA ASIA gho_ ghp_ ghr_ ghs_ ghu_ gith xoxa xoxb xoxe xoxp xoxr xoxs AIza ya29 1//0 GOCS dapi eyJ ' +
  'pass pwd secr toke api_ api- apik acce priv auth cook cred bear basi :// ---- [red'
).split(' ');

/** Shifts a character into the hash of the last three. */
export const trigram = (hash: number, code: number): number => ((hash << 5) | (code & 31)) & 0x7fff;

/**
 * Filter before the expression: by the low five bits of three characters in a row, which ignore case, the fourth
 * characters that an anchor may go on with, as a set of their low five bits. Zero where none begins. Indexed by
 * `trigram`.
 */
export const ANCHOR_STARTS: Int32Array = startTable();

function startTable(): Int32Array {
  const table = new Int32Array(0x8000);
  for (const start of STARTS) {
    let hash = 0;
    for (let i = 0; i < 3; i += 1) hash = trigram(hash, start.charCodeAt(i));
    const goesOn = start.length === 3 ? -1 : 1 << (start.charCodeAt(3) & 31);
    table[hash] = (table[hash] ?? 0) | goesOn;
  }
  return table;
}

/** What may stand between the name of a secret and the end of its key: secretAccessKey, token_value, password2. */
export const KEY_TAIL = /(?:[_.-]?(?:access[_.-]?key|key|value|text|string|data))?[0-9]{0,3}/iy;

export const PEM_BEGIN = /-----BEGIN [A-Z0-9 ]{0,32}PRIVATE KEY-----/y;
export const PEM_END = /-----END [A-Z0-9 ]{0,32}PRIVATE KEY-----/y;

/** The family of a key, which is the kind of what stands under it. */
export function kindOfKey(key: string): string {
  const name = key.toLowerCase();
  if (name.startsWith('pass') || name === 'pwd') return 'password';
  if (name.startsWith('api')) return 'api-key';
  if (name.startsWith('access')) return 'access-key';
  if (name.startsWith('private')) return 'private-key';
  return name.startsWith('credential') ? 'credential' : name;
}
