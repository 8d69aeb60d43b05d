/** What docs/sources/approvals.md shows is run as it stands there. */
import { spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Approval } from '../../schemas/approval.ts';
import { Deploy } from '../../schemas/deploy.ts';
import { canonicalRecord } from '../../shared/attest/canonical-record.ts';
import { createKeyring, fetchesNothing } from '../../shared/attest/keys.ts';
import { verify } from '../../shared/attest/verify.ts';
import { parseConfig } from '../../shared/config/parse.ts';
import { specDigest } from '../../shared/jobapi/spec-digest.ts';
import { JsonObject } from '../../schemas/log-entry.ts';
import { approvals } from '../../shared/sources/approvals/index.ts';
import { deployments } from '../../shared/sources/deployments/index.ts';
import { SAMPLES as APPROVALS } from '../sources/approvals/samples.ts';
import { codes, fences, namedFiles, readPage, section, tableRows } from './page.ts';

const page = readPage('sources/approvals.md');
const files = namedFiles(page);
const file = (name: string): string => files.get(name) ?? '';

describe('the example', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const folder = mkdtempSync(join(tmpdir(), 'jobtrail-approval-'));
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const run = spawnSync(process.execPath, ['sign.mjs', 'approval.json', 'key.pem'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  rmSync(folder, { recursive: true });

  it('signs an event that the configuration shown proves', async () => {
    expect(run.status, run.stderr).toBe(0);
    const { x = '' } = publicKey.export({ format: 'jwk' });
    const [declared = ''] = fences(section(page, 'The proof'), 'yaml');
    const { config } = parseConfig(declared.replace('PUBLIC_KEY', x), 'jobtrail.yaml');
    const entry = approvals.adopt?.({ kind: 'json', value: JsonObject.parse(JSON.parse(run.stdout)) });
    const credential = entry === undefined ? undefined : approvals.credential?.(entry);
    if (credential === undefined) throw new Error('the example carries no proof');
    expect(await verify(credential, createKeyring(config.issuers, fetchesNothing))).toMatchObject({
      kind: 'verified',
      issuer: 'changes',
      covers: 'content',
    });
  });

  it('has the canonical form that sorting keys makes', () => {
    const record = Approval.parse(JSON.parse(file('approval.json')));
    const sorted = JSON.stringify(JSON.parse(file('approval.json')), (_key, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    );
    const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
    expect(digest(canonicalRecord(record))).toBe(digest(sorted));
  });
});

describe('the page', () => {
  it('has every member of an approval', () => {
    const listed = tableRows(section(page, 'An approval')).flatMap(([names]) => codes(names ?? ''));
    const { data } = Approval.shape;
    const what = Object.keys(data.shape.what.shape).map((name) => `what.${name}`);
    const members = Object.keys(data.shape).filter((name) => name !== 'what');
    expect(listed.toSorted()).toEqual([...members, ...what].toSorted());
  });

  it('has the digest that the code computes', () => {
    const part = section(page, "Digest of a job's specification");
    const [spec = ''] = fences(part, 'json');
    expect(part).toContain(`\`${specDigest(JsonObject.parse(JSON.parse(spec)))}\``);
    const left = part.slice(part.indexOf('2. '), part.indexOf('3. '));
    for (const name of codes(left)) expect(specDigest({ [name]: 1 })).toBe(specDigest({}));
  });

  it('has every claim of its samples', () => {
    const named = new Set(codes(section(page, 'What becomes of it')).map((text) => text.split(':')[0]));
    for (const event of Object.values(APPROVALS).flat()) {
      const entry = approvals.adopt?.({ kind: 'json', value: JsonObject.parse(event) });
      const result =
        entry === undefined || approvals.credential?.(entry) !== undefined
          ? undefined
          : approvals.normalise(entry);
      if (result?.kind !== 'event') continue;
      for (const name of Object.keys(result.event.claims ?? {})) expect(named, name).toContain(name);
    }
  });
});

describe('docs/sources/deployments.md', () => {
  const deployPage = readPage('sources/deployments.md');

  it('shows a record and an issuer that are accepted', () => {
    const [event = ''] = fences(deployPage, 'json');
    expect(deployments.adopt?.({ kind: 'json', value: Deploy.parse(JSON.parse(event)) })).toBeDefined();
    const [declared = ''] = fences(deployPage, 'yaml');
    expect(parseConfig(declared, 'jobtrail.yaml').config.issuers).toHaveLength(1);
  });

  it('has every member of a deploy record', () => {
    const [table = ''] = deployPage.split('## What becomes of it');
    const listed = tableRows(table).flatMap(([names]) => codes(names ?? ''));
    expect(listed.toSorted()).toEqual(Object.keys(Deploy.shape.data.shape).toSorted());
  });
});
