import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main, type Terminal } from '../../cli/main.ts';
import { pushPolicy } from '../../cli/run/policy-push.ts';
import { writeTexts } from '../../shared/config/bundle-texts.ts';
import { readBundle } from '../../shared/config/read-bundle.ts';
import { decodeRecord } from '../../shared/envelope/files.ts';
import { ordinals } from '../../shared/envelope/event-id.ts';
import { createPreparer } from '../../shared/pipeline/prepare.ts';
import { dataproc } from '../../shared/sources/dataproc/index.ts';
import { openStore } from '../../shared/store/open.ts';
import { ROOT } from '../docs/page.ts';

const BUNDLE = join(ROOT, 'docs/bundle');
const folder = mkdtempSync(join(tmpdir(), 'jobtrail-policy-'));
const store = `sqlite:${join(folder, 'trail.db')}`;
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...args: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const terminal: Terminal = {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    isTty: false,
    outIsTty: false,
    columns: 120,
    environment: { USER: 'ana' },
  };
  const code = await main(['policy', ...args], terminal);
  return { code, out: out.join(''), err: err.join(''), terminal };
}

/** A copy of the bundle of the docs that a test may change. */
function copy(name: string, files: Readonly<Record<string, string>>): string {
  const to = join(folder, name);
  cpSync(BUNDLE, to, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(to, file), text);
  return to;
}

const submission = (email: string, insertId: string) => ({
  insertId,
  logName: 'projects/shop-prod/logs/cloudaudit.googleapis.com%2Factivity',
  timestamp: '2026-01-05T12:30:00Z',
  resource: { type: 'cloud_dataproc_cluster', labels: { project_id: 'shop-prod', region: 'europe-west1' } },
  protoPayload: {
    '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
    serviceName: 'dataproc.googleapis.com',
    methodName: 'google.cloud.dataproc.v1.JobController.SubmitJob',
    resourceName: 'projects/shop-prod/regions/europe-west1/jobs/j1',
    authenticationInfo: { principalEmail: email },
  },
});

const ids: string[] = [];
beforeAll(async () => {
  const bundle = readBundle(BUNDLE);
  const opened = await openStore(store);
  const preparer = createPreparer({ sources: [dataproc], loaded: bundle });
  const now = '2026-01-05T12:31:00.000000000Z';
  const entries = ['ana@example.com', 'eve@example.com'].flatMap((email, at) => {
    const bytes = Buffer.from(JSON.stringify(submission(email, `i${at}`)));
    const context = { ordinalOf: ordinals(), adopt: () => undefined };
    return decodeRecord({ bytes }, context).map((decoded) => {
      const prepared = preparer.prepare(decoded, now);
      if (prepared.kind !== 'rows') throw new Error(prepared.rule);
      ids.push(String(prepared.entry.rows[0].row['EventId']));
      return prepared.entry;
    });
  });
  await opened.commit({
    source: 'dataproc',
    path: 'replay',
    entries,
    filteredBy: {},
    unknownMethods: {},
    now,
  });
  await opened.bundles.keep({ digest: bundle.digest, texts: writeTexts(bundle.texts) }, now);
  await opened.close();
});

describe('policy check', () => {
  it('says what is in a bundle', async () => {
    const { code, out } = await run('check', BUNDLE);
    expect(code).toBe(0);
    expect(out).toContain('5 policies in 1 file');
    expect(out).toContain(readBundle(BUNDLE).digest);
  });

  it('tells everything that is wrong, with file, line, reason and what to write', async () => {
    const wrong = copy('wrong', {
      'jobtrail.yaml': 'version: 1\nlanse: {}\n',
      'policies/prod.cedar':
        '@id("a")\npermit (principal, action == Jobtrail::Action::"job.sbmit", resource);\n',
    });
    const { code, err } = await run('check', wrong);
    expect(code).toBe(1);
    expect(err).toContain('jobtrail.yaml:2: lanse: it is no key here; did you mean lanes?');
    expect(err).toMatch(/policies\/prod\.cedar:2: a: unrecognized action .*; known: job\.submit/);
  });
});

describe('policy test', () => {
  it('passes where every case does', async () => {
    expect(await run('test', BUNDLE)).toMatchObject({ code: 0, out: '9 cases, 0 failing\n' });
  });

  it('shows each case that fails, with why', async () => {
    const failing = copy('failing', {
      'policies/tests/prod.yaml': `
- { name: night, principal: ana@example.com, action: job.submit, project: shop-prod,
    context: { time: 2026-02-01T23:10:00Z }, expect: permitted }
- { name: by whom, principal: ana@example.com, action: job.submit, project: shop-prod, expect: permitted, policies: [x] }
- { name: no verb, principal: ana@example.com, action: api.call, expect: permitted }
- { name: nobody, principal: "::", action: job.submit, expect: permitted }
`,
    });
    const { code, out } = await run('test', failing);
    expect(code).toBe(1);
    expect(out).toBe(`policies/tests/prod.yaml:2: night
  it is undetermined and shall be permitted; by night-needs-approval
policies/tests/prod.yaml:4: by whom
  engineers-run-jobs decide and not x
policies/tests/prod.yaml:5: no verb
  policy decides no "api.call"; docs/vocabulary.md lists the verbs
policies/tests/prod.yaml:6: nobody
  "::" is no identifier (docs/identity.md)
4 cases, 4 failing
`);
  });

  it('tells what is wrong with the cases themselves', async () => {
    const wrong = copy('wrong-cases', {
      'policies/tests/prod.yaml': '- name: a\n  action: job.submit\n  expct: x\n',
    });
    const { code, err } = await run('test', wrong);
    expect(code).toBe(1);
    expect(err).toMatch(/policies\/tests\/prod\.yaml:1: 0: Unrecognized key/);
  });
});

describe('policy replay', () => {
  it('shows nothing where the same bundle decided', async () => {
    const { code, out } = await run('replay', BUNDLE, '--store', store);
    expect(code).toBe(0);
    expect(out).toContain('2 events, 0 would be decided otherwise');
  });

  it('counts and shows what another bundle would decide otherwise', async () => {
    const other = copy('other', {
      'policies/prod.cedar':
        '@id("nobody") forbid (principal, action in Jobtrail::Action::"job", resource);\n',
    });
    const { out } = await run('replay', other, '--store', store);
    expect(out).toContain('2 events, 2 would be decided otherwise');
    expect(out).toMatch(/permitted +forbidden +1 +changed/);
    expect(out).toMatch(/undeclared +forbidden +1 +changed/);
    const lines = (await run('replay', other, '--store', store, '--json')).out.trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { now: string }).now)).toEqual([
      'forbidden',
      'forbidden',
    ]);
    expect((await run('replay', other, '--store', store, '--limit', '1')).out).toContain('… and 1 more');
  });
});

describe('policy redecide', () => {
  it('takes each decision again with the same outcome', async () => {
    const results = await Promise.all(ids.map((id) => run('redecide', id, '--store', store)));
    expect(results.map(({ code }) => code)).toEqual([0, 0]);
    expect(results[0]?.out).toContain('again   permitted by engineers-run-jobs\n  the same');
    expect(results[1]?.out).toContain('again   undeclared\n  the same');
  });

  it('says where nothing is known of an event, or the id is none', async () => {
    expect(await run('redecide', 'f'.repeat(64), '--store', store)).toMatchObject({ code: 1 });
    expect(await run('redecide', 'abc', '--store', store)).toMatchObject({ code: 2 });
    expect(await run('redecide', '--store', store)).toMatchObject({ code: 2 });
  });
});

describe('policy push', () => {
  const NOW = Date.parse('2026-01-05T12:00:30Z');
  const push = async (bundle: string, from?: string) => {
    const { terminal } = await run('check', BUNDLE);
    const out: string[] = [];
    const given = { folder: bundle, store: `sqlite:${join(folder, 'pushed.db')}`, from };
    const code = await pushPolicy(
      { ...given, commit: '4f0c1e2', reviewer: 'ben@example.com', pushedBy: 'ana' },
      { ...terminal, out: (text) => void out.push(text) },
      NOW,
    );
    return { code, out: out.join('') };
  };

  it('takes the next whole minute that is five minutes ahead, and pushes the same once', async () => {
    expect((await push(BUNDLE)).out).toContain('pushed         in force from 2026-01-05T12:06:00.000000000Z');
    expect((await push(BUNDLE, '2026-02-01T00:00:00Z')).out).toContain(
      'unchanged      in force from 2026-01-05T12:06:00.000000000Z',
    );
    const opened = await openStore(`sqlite:${join(folder, 'pushed.db')}`);
    expect(await opened.bundles.inForce()).toEqual([
      {
        from: '2026-01-05T12:06:00.000000000Z',
        digest: readBundle(BUNDLE).digest,
        commit: '4f0c1e2',
        reviewer: 'ben@example.com',
        pushedBy: 'ana',
        pushedAt: '2026-01-05T12:00:30.000000000Z',
      },
    ]);
    await opened.close();
  });

  it('refuses what would hold for events that may be decided already, and what is taken', async () => {
    await expect(push(BUNDLE, '2026-01-05T12:05:29Z')).rejects.toThrow('not five minutes ahead');
    await expect(push(BUNDLE, 'tomorrow')).rejects.toThrow('no RFC 3339 time');
    const other = copy('taken', {
      'jobtrail.yaml': 'environments: { prod: [shop-prod], dev: [shop-dev] }\n',
      'policies/tests/prod.yaml':
        '- { name: a, action: job.submit, project: shop-dev, expect: not-covered }\n',
    });
    await expect(push(other, '2026-01-05T12:06:00Z')).rejects.toThrow('in force from');
  });

  it('refuses a bundle whose cases fail', async () => {
    await expect(push(join(folder, 'failing'))).rejects.toThrow('4 of its cases fail');
  });

  it('wants a commit and a reviewer', async () => {
    const { code, err } = await run('push', BUNDLE, '--store', store, '--commit', 'c');
    expect(code).toBe(2);
    expect(err).toContain('--reviewer is missing');
  });
});
