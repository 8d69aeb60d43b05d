import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactSecrets } from '../../shared/secrets/redact.ts';

/** Put together here, so that no scanner of this repository takes a line for a leak. */
const token = (...parts: string[]): string => parts.join('');
const AWS = token('AKIA', 'IOSFODNN7EXAMPLE');
const GITHUB = token('ghp_', 'a1B2'.repeat(9));
const JWT = token('eyJhbGciOiJSUzI1NiJ9', '.', 'eyJzdWIiOiIxMjM0In0', '.', 'c2lnbmF0dXJl-_');
const PEM = token('-----BEGIN RSA ', 'PRIVATE KEY-----\nMIIEabc+/=\nxyz\n-----END RSA ', 'PRIVATE KEY-----');

const MARK = /\[redacted:[a-z-]+:[0-9a-f]{8}\]/g;
const kinds = (text: string): readonly string[] =>
  [...text.matchAll(MARK)].map(([mark]) => mark.slice('[redacted:'.length, mark.lastIndexOf(':')));

describe('tokens by their prefix', () => {
  it.each([
    ['aws-key', AWS],
    ['aws-key', token('ASIA', 'IOSFODNN7EXAMPLE')],
    ['github-token', GITHUB],
    ['github-token', token('github_pat_', '11ABC'.repeat(8))],
    ['slack-token', token('xoxb-', '123456789012-abcdefABCDEF')],
    ['google-api-key', token('AIza', 'Sy-_'.repeat(9))],
    ['google-access-token', token('ya29.', 'a0Af_b-c.'.repeat(4))],
    ['google-refresh-token', token('1//0', 'gAbC-dEf'.repeat(5))],
    ['google-client-secret', token('GOCSPX-', 'abcd'.repeat(7))],
    ['databricks-token', token('dapi', '0123456789abcdef'.repeat(2))],
    ['databricks-token', token('dapi', '0123456789abcdef'.repeat(2), '-2')],
    ['jwt', JWT],
    ['private-key', PEM],
  ])('%s: %s', (kind, secret) => {
    for (const text of [secret, `x ${secret} y`, `"${secret}"`, `a/${secret},b`]) {
      const result = redactSecrets(text);
      expect(kinds(result.text)).toEqual([kind]);
      expect(result.text).not.toContain(secret);
      expect(result.found).toBe(1);
    }
  });

  it('finds them at the start of a line inside a JSON string', () => {
    const text = JSON.stringify({ log: `first\n${AWS}\n${JWT}\r\n${PEM}\n` });
    const { log } = JSON.parse(redactSecrets(text).text) as { log: string };
    expect(kinds(log)).toEqual(['aws-key', 'jwt', 'private-key']);
    expect(log.replaceAll(MARK, '*')).toBe('first\n*\n*\r\n*\n');
  });

  it('takes a key that was cut off as far as it goes', () => {
    const text = JSON.stringify({ log: PEM.slice(0, 45), other: 'kept' });
    expect(JSON.parse(redactSecrets(text).text)).toMatchObject({ other: 'kept' });
    expect(kinds(redactSecrets(text).text)).toEqual(['private-key']);
  });

  it.each([
    'AKIASHORT',
    `x${AWS}`,
    `${AWS}Z`,
    'dapienza',
    'eyJustAWord.com',
    'basic auth',
    'the bearer of this',
    'https://host:8080/path@2',
    '-----BEGIN CERTIFICATE-----',
  ])('leaves %s', (text) => {
    expect(redactSecrets(text)).toEqual({ text, found: 0 });
  });
});

describe('values by the name of their key', () => {
  it.each([
    ['password=hunter2 rest', 'password=* rest'],
    ['--password hunter2 --input gs://b/k', '--password * --input gs://b/k'],
    ['--db.password=hunter2 x', '--db.password=* x'],
    ['-Dspark.hadoop.fs.secret.key=hunter2 x', '-Dspark.hadoop.fs.secret.key=* x'],
    ['password: "hunter2 and more" x', 'password: "*" x'],
    ["api_key='hunter2'", "api_key='*'"],
    ['clientSecret => hunter2', 'clientSecret => *'],
    ['https://h/p?access_token=hunter2&x=1', 'https://h/p?access_token=*&x=1'],
    ['Authorization: Basic aHVudGVy Mg==', 'Authorization: *'],
    ['authorization=Bearer abc next', 'authorization=* next'],
    ['-H "Authorization: Bearer abc" https://h', '-H "Authorization: *" https://h'],
    ['mysql://user:hunter2@db/x', 'mysql://*@db/x'],
    ['https://user:hun:ter@2@db', 'https://*@db'],
    [`https://${GITHUB}:x-oauth-basic@h/x ${GITHUB}`, 'https://*@h/x *'],
    [`password=${PEM} x`, 'password=* x'],
    ['PGPASSWORD=hunter2', 'PGPASSWORD=*'],
    ['x-api-key: hunter2', 'x-api-key: *'],
  ])('%s', (text, expected) => {
    expect(redactSecrets(text).text.replaceAll(MARK, '*')).toBe(expected);
  });

  it.each([
    'pageToken=abc',
    'next_page_token: abc',
    'secretmanager.versions.access',
    'token',
    'tokens: 12',
    'secret://projects/p',
    'password=null',
    'password=',
    'user@host',
  ])('leaves %s', (text) => {
    expect(redactSecrets(text)).toEqual({ text, found: 0 });
  });

  it.each<[unknown, unknown]>([
    [{ password: 'hunter2' }, { password: '*' }],
    [{ password: 12345 }, { password: '*' }],
    [{ password: 'a"b\\c' }, { password: '*' }],
    [
      { password: null, token: '', secret: { name: 'x' } },
      { password: null, token: '', secret: { name: 'x' } },
    ],
    [{ authorization: ['Bearer a', 'Basic b'] }, { authorization: ['*', '*'] }],
    [
      { passwords: ['a', 'b'], apiKeys: ['c'], tokens: 4096, client_secrets: 'd' },
      { passwords: ['*', '*'], apiKeys: ['*'], tokens: 4096, client_secrets: '*' },
    ],
    [{ password: ['a', 1, null, true, 'b', 2] }, { password: ['*', '*', null, true, '*', '*'] }],
    [
      { secrets: [{ name: 'x' }, 'y'], pageTokens: ['z'] },
      { secrets: [{ name: 'x' }, 'y'], pageTokens: ['z'] },
    ],
    [{ 'password=a': 1 }, { 'password=*': 1 }],
    [{ authorizationInfo: [{ granted: true }] }, { authorizationInfo: [{ granted: true }] }],
    [{ args: ['--token', 'abc', '--out', 'gs://b/k'] }, { args: ['--token', '*', '--out', 'gs://b/k'] }],
    [{ args: ['--token', '--out'] }, { args: ['--token', '--out'] }],
    [{ args: ['--token=a b,c;d', 'x'] }, { args: ['--token=*', 'x'] }],
    [{ cmd: '--token=a --out=b' }, { cmd: '--token=* --out=b' }],
    [
      { cmd: '--password=', next: 'kept' },
      { cmd: '--password=', next: 'kept' },
    ],
    [{ cmd: 'password=a\\b\u0001c\nnext' }, { cmd: 'password=*\nnext' }],
  ])('in JSON: %j', (value, expected) => {
    const { text } = redactSecrets(JSON.stringify(value));
    expect(JSON.parse(text.replaceAll(MARK, '*'))).toEqual(expected);
  });

  it('reads JSON inside JSON, at any depth, without breaking it', () => {
    const inner = JSON.stringify({ client_secret: 'a"b', kept: 1 });
    const outer = JSON.stringify({ body: JSON.stringify({ inner }) });
    const { text } = redactSecrets(outer);
    const body = (JSON.parse(text) as { body: string }).body;
    const again = JSON.parse((JSON.parse(body) as { inner: string }).inner) as Record<string, unknown>;
    expect(again['kept']).toBe(1);
    expect(String(again['client_secret'])).toMatch(/^\[redacted:secret:[0-9a-f]{8}\]$/);
  });

  it('gives one secret one mark and two secrets two', () => {
    const { text } = redactSecrets('password=a password=b password=a');
    const [first, second, third] = text.match(MARK) ?? [];
    expect(first).toBe(third);
    expect(first).not.toBe(second);
  });
});

describe('any text', () => {
  const words =
    'password token --secret Authorization cookie api_key u:p@h / @ x hunter2 - _ . null 12 eyJ ya29. dapi AKIA page é ' +
    '\\u0041 ` " \' \\ \\" \\\\" \\n = : , ; & [ ] { } :// [redacted:jwt:0123abcd] [redacted: -----BEGIN -----END';
  const pieces = fc.constantFrom(
    ...words.split(' '),
    AWS,
    GITHUB,
    JWT,
    PEM,
    '-----BEGIN ',
    '-----END ',
    'PRIVATE KEY-----',
    'Bearer ',
    ' ',
    '  ',
    ': ',
    '\n',
    '\ud800',
  );
  const text = fc.array(pieces, { maxLength: 24 }).map((parts) => parts.join(''));

  it('is redacted once: a second pass changes nothing', () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), (input) => {
        const once = redactSecrets(input).text;
        expect(redactSecrets(once)).toEqual({ text: once, found: 0 });
      }),
      { numRuns: 20_000 },
    );
  });

  it('stays JSON when it is JSON, with the same keys and shape', () => {
    const leaf = fc.oneof(text, fc.integer(), fc.constant(null), fc.boolean());
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        leaf,
        leaf.map((value) => JSON.stringify(value)),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(
          fc.constantFrom('password', 'tokens', 'apiKeys', 'args', 'x', 'Authorization'),
          tie('tree'),
        ),
        tie('tree').map((value) => JSON.stringify(value)),
      ),
    }));
    const shape = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map((item) => shape(item));
      if (typeof value !== 'object' || value === null) return 'scalar';
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shape(item)]));
    };
    fc.assert(
      fc.property(tree, fc.constantFrom(0, 1), (value, indent) => {
        const once = redactSecrets(JSON.stringify(value, null, indent)).text;
        expect(shape(JSON.parse(once))).toEqual(shape(value));
        expect(redactSecrets(once).text).toBe(once);
      }),
      { numRuns: 5000 },
    );
  });

  it('grows ten times at most', () => {
    fc.assert(
      fc.property(text, (input) => {
        expect(redactSecrets(input).text.length).toBeLessThanOrEqual(10 * input.length);
      }),
    );
    const list = `{"pwd":[${'"a",'.repeat(1000)}"a"]}`;
    expect(redactSecrets(list).text.length).toBeLessThanOrEqual(10 * list.length);
  });
});

describe('hostile text takes time in proportion to its length', () => {
  /** Half a megabyte. */
  const HALF = 1 << 19;
  const of = (unit: string, length: number): string =>
    unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
  /** Of this thread's processor, in milliseconds: what else the machine does is not measured. */
  const timeOf = (text: string): number => {
    const start = process.threadCpuUsage();
    redactSecrets(text);
    const { user, system } = process.threadCpuUsage(start);
    return (user + system) / 1000;
  };
  const units =
    'password password= password=" secret\\ secret=\\" eyJ eyJ- eyJ. eyJ-ghp_-AKIA- eyJa.eyJ ya29. 1//0 :// ://a: ://a:b@ ' +
    '-----BEGIN [redacted: \\ " {"password": ["--token", "token":" secret=\\u0041';

  it.each([
    ...units.split(' '),
    'token: ',
    '--token ',
    'cookie: ',
    'Bearer ',
    '-----BEGIN PRIVATE KEY-----',
    '-----END ',
  ])('%j', (unit) => {
    // Quadratic work would take four times as long for twice the text, and minutes in all; the rest is noise.
    expect(timeOf(of(unit, 2 * HALF))).toBeLessThan(3.4 * timeOf(of(unit, HALF)) + 300);
    const json = (length: number): string => JSON.stringify([of(unit, length)]);
    expect(timeOf(json(HALF))).toBeLessThan(3.4 * timeOf(json(HALF / 2)) + 300);
  });

  it.each([
    '"--token"',
    '"token=\'x"',
    '{"token":"x"}',
    '{"password":["a","b"]}',
    '{"tokens":[1,"b",null]}',
    '"-token=a"',
  ])('JSON with many times %s', (element) => {
    const list = (count: number): string => `[${Array.from({ length: count }, () => element).join(',')}]`;
    expect(timeOf(list(100_000))).toBeLessThan(3.4 * timeOf(list(50_000)) + 300);
  });
});
