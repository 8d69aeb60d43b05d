import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseBundle, type BundleTexts } from '../../shared/config/bundle.ts';
import { readTexts, writeTexts } from '../../shared/config/bundle-texts.ts';
import { readBundle, readBundleTexts, readCaseFiles } from '../../shared/config/read-bundle.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobtrail-bundle-'));
afterAll(() => rmSync(folder, { recursive: true }));

const POLICY = '@id("all") permit (principal, action, resource);\n';
const OTHER = '@id("no") forbid (principal, action, resource) when { context.userManagedKey };\n';
const texts = (config: string, ...policies: string[]): BundleTexts => ({
  config: { name: 'jobtrail.yaml', text: config },
  policies: policies.map((text, at) => ({ name: `policies/${at}.cedar`, text })),
  rules: [],
});
const CONFIG = 'environments:\n  prod: [shop-prod]\n';

describe('a bundle', () => {
  it('has a digest of what is written, whatever the layout and the files', () => {
    const { digest } = parseBundle(texts(CONFIG, POLICY, OTHER));
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(parseBundle(texts('# c\nenvironments: {prod: [shop-prod]}', OTHER, POLICY)).digest).toBe(digest);
    expect(parseBundle(texts(CONFIG, POLICY)).digest).not.toBe(digest);
    expect(parseBundle(texts('environments: {dev: [shop-prod]}', POLICY, OTHER)).digest).not.toBe(digest);
  });

  it('is refused with the problems of all of its files', () => {
    const wrong: BundleTexts = {
      ...texts('version: 2\nenvironmnts: {}\n', 'permit (principal, action, resource);'),
      rules: [{ name: 'rules/a.yaml', text: 'id: mine' }],
    };
    let message = '';
    try {
      parseBundle(wrong);
    } catch (error) {
      message = String(error);
    }
    for (const place of ['jobtrail.yaml:1:', 'jobtrail.yaml:', 'policies/0.cedar:1:', 'rules/a.yaml:1:'])
      expect(message).toContain(place);
  });

  it('is refused where its declarations do not hold together, with their lines', () => {
    const config = `environments: { prod: [shop-prod] }
groups:
  etl: [ana@example.com, '::']
bindings:
  - { id: a, alias: x@example.com, principal: y@example.com }
  - { id: b, alias: x@example.com, principal: z@example.com }
`;
    expect(() => parseBundle(texts(config))).toThrow(
      /jobtrail\.yaml:3: groups\.etl: "::" is no known identifier/,
    );
    expect(() => parseBundle(texts(config))).toThrow(/jobtrail\.yaml:\d: .*\bb\b/);
  });

  it('is not validated against the schema again where the build has done it, and only that one is not', () => {
    const valid = texts(CONFIG, POLICY);
    const { digest, policies, texts: kept } = parseBundle(valid);
    expect(parseBundle(valid, digest)).toMatchObject({ digest, policies, texts: kept });
    // Parses, and could never match.
    const never = texts(
      CONFIG,
      '@id("never") permit (principal, action, resource) when { principal.nose == 1 };',
    );
    expect(() => parseBundle(never, digest)).toThrow(/policies\/0\.cedar:1: never: /);
  });

  it('decides nothing without policies', () => {
    expect(parseBundle(texts(CONFIG)).policy).toBeUndefined();
  });

  it('comes back whole from the text in which it is kept', () => {
    const written = texts(CONFIG, POLICY, '// ü "\\\n' + OTHER);
    expect(readTexts(writeTexts(written))).toEqual(written);
    expect(() => readTexts('{"config":1}')).toThrow('holds no texts of a bundle');
  });
});

describe('the files of a bundle', () => {
  const put = (name: string, text: string | Buffer): void => {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  };

  it('are jobtrail.yaml and what is beside it, by names from there', () => {
    put('jobtrail.yaml', CONFIG);
    put('policies/b.cedar', OTHER);
    put('policies/team/a.cedar', POLICY);
    put('policies/notes.txt', 'no policy');
    put('policies/tests/a.yaml', '[]');
    const read = readBundleTexts(folder);
    expect(read.policies.map(({ name }) => name)).toEqual(['policies/b.cedar', 'policies/team/a.cedar']);
    expect(readBundleTexts(join(folder, 'jobtrail.yaml'))).toEqual(read);
    expect(readCaseFiles(folder).map(({ name }) => name)).toEqual(['policies/tests/a.yaml']);
    expect(readBundle(folder).policies).toBe(2);
  });

  it('are refused where one cannot be read', () => {
    expect(() => readBundle(join(folder, 'missing'))).toThrow(/missing cannot be read/);
    put('policies/c.cedar', Buffer.from([0xff, 0xfe]));
    expect(() => readBundle(folder)).toThrow(/c\.cedar cannot be read/);
  });

  it('are not needed', () => {
    expect(readBundle(undefined).policy).toBeUndefined();
  });
});
