/** The commands that doctor prints: real ones, and safe to copy whatever strangers called things. */
import { spawnSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMAND_HELP, isCommand } from '../../cli/help.ts';
import { CHECKS } from '../../shared/doctor/check-list.ts';
import type { Line } from '../../shared/doctor/line.ts';
import { shellWord } from '../../shared/doctor/shell.ts';
import { everyLine } from './every-line.ts';
import { toldBy } from './shell.ts';

const NAME = 'name';
const HOSTILE = [
  `a'; >pwned; '`,
  'a"; >pwned; "',
  'a$(>pwned)`>pwned`',
  `a\\'; >pwned; \\'`,
  `a'"'"'; >pwned #`,
  'a\n>pwned\n',
  `a\u202e'; >pwned; \u0007'`,
  '--flag=$IFS*;>pwned&',
  `$'\\'; >pwned; '`,
];
const bad = everyLine(NAME).filter(({ state }) => state !== 'ok');

test('every code of every check can be found', () => {
  const known = CHECKS.flatMap(({ name, codes }) => Object.keys(codes).map((code) => `${name}:${code}`));
  const found = new Set(bad.map(({ check, code }) => `${check}:${code}`));
  expect(known.filter((code) => !found.has(code))).toEqual([]);
});

describe('names of strangers', () => {
  test.each(HOSTILE)('%j is one word of a shell', (text) => {
    const told = toldBy(`gcloud ${shellWord(text)} end`);
    expect(told.calls).toEqual([['gcloud', text, 'end']]);
    expect(told.made('pwned')).toBe(false);
    told.end();
  });

  /** Calls of every command, each of a pipeline in the order in which they came to be. */
  const callsOf = (lines: readonly Line[]) =>
    toldBy([...new Set(lines.flatMap(({ mend }) => mend ?? []))].join('\n'));
  const programs = ({ calls }: ReturnType<typeof callsOf>): readonly string[] =>
    calls.map(([program = '', verb = '']) => (program === 'jq' ? program : `${program} ${verb}`)).toSorted();
  const plain = callsOf(bad);
  plain.end();

  // What a shell would read is read as in the commands with a plain name: the same programs, as often.
  test.each(HOSTILE)('%j does nothing in any command', { timeout: 60_000 }, (text) => {
    const told = callsOf(everyLine(text));
    expect(told.made('pwned')).toBe(false);
    expect(told.errors).toBe('');
    expect(programs(told)).toEqual(programs(plain));
    const holding = told.calls.filter((words) => words.some((word) => word.includes(text)));
    expect(holding.length).toBeGreaterThan(20);
    told.end();
  });

  test('nothing of a command moves a cursor, and no backslash needs to be shown', () => {
    for (const text of HOSTILE)
      for (const { mend = '' } of everyLine(text)) expect(mend).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

/** The tree of commands and flags that gcloud completes by; undefined where it is not installed. */
function gcloudTree(): Tree | undefined {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    try {
      const root = dirname(dirname(realpathSync(join(folder, 'gcloud'))));
      const script =
        'import json,sys; sys.path.insert(0, sys.argv[1]); import gcloud_completions as c; print(json.dumps(c.STATIC_COMPLETION_CLI_TREE))';
      const { stdout, status } = spawnSync('python3', ['-B', '-c', script, join(root, 'data', 'cli')], {
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
      });
      if (status === 0) return JSON.parse(stdout);
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

interface Tree {
  readonly commands: Readonly<Record<string, Tree>>;
  readonly flags: Readonly<Record<string, unknown>>;
}

describe('the commands are real ones', () => {
  const told = toldBy([...new Set(bad.flatMap(({ mend }) => mend ?? []))].join('\n'));
  const calls = told.calls;
  told.end();

  const tree = gcloudTree();
  const isCi = process.env['CI'] === 'true';
  test.skipIf(tree === undefined && !isCi)(
    `of gcloud each has its flags${tree === undefined ? ' (SKIPPED: no gcloud found)' : ''}`,
    () => {
      if (tree === undefined) throw new Error('with CI=true gcloud is there');
      const wrong = calls
        .filter(([program]) => program === 'gcloud')
        .flatMap((words) => wrongIn(tree, words.slice(1)));
      expect([...new Set(wrong)]).toEqual([]);
      expect(calls.filter(([program]) => program === 'gcloud').length).toBeGreaterThan(40);
    },
  );

  test.skipIf(tree === undefined)('of docs/doctor.md as well', () => {
    const page = readFileSync(new URL('../../docs/doctor.md', import.meta.url), 'utf8');
    const inMarks = Array.from(page.matchAll(/`(gcloud [^`]+)`/g), ([, line = '']) => line);
    const inFences = page.split('\n').filter((line) => /^(?: {8}→ )?gcloud /.test(line));
    const shown = toldBy([...inMarks, ...inFences.map((line) => line.replace(/^ *→ /, ''))].join('\n'));
    shown.end();
    const ours = shown.calls.filter(([program]) => program === 'gcloud');
    expect(ours.length).toBeGreaterThan(8);
    expect(ours.flatMap((words) => (tree === undefined ? [] : wrongIn(tree, words.slice(1))))).toEqual([]);
  });

  test('of jobtrail each is in its help, with its options', () => {
    const ours = calls.filter(([program]) => program === 'npx');
    expect(ours.length).toBeGreaterThan(5);
    for (const [, jobtrail, name = '', ...rest] of ours) {
      expect(jobtrail).toBe('jobtrail');
      const help = isCommand(name) ? COMMAND_HELP[name] : '';
      for (const option of rest.filter((word) => word.startsWith('--'))) expect(help).toContain(option);
    }
  });

  test('what is to be filled in is in capitals, and nothing else stands for anything', () => {
    const words = calls.flat().join(' ');
    expect(words).not.toMatch(/undefined|\[object|NaN|<[a-z]/);
  });
});

function wrongIn(root: Tree, words: readonly string[]): readonly string[] {
  let node = root;
  const said = words.join(' ');
  for (const word of words) {
    if (word.startsWith('-')) {
      const flag = word.split('=')[0] ?? '';
      const bare = flag.replace(/^--no-/, '--');
      if (![flag, bare].some((name) => Object.hasOwn(node.flags, name) || Object.hasOwn(root.flags, name)))
        return [`${flag} of: ${said}`];
    } else if (Object.hasOwn(node.commands ?? {}, word)) node = node.commands[word] ?? node;
    else if (Object.keys(node.commands ?? {}).length > 0) return [`${word} of: ${said}`];
  }
  return Object.keys(node.commands ?? {}).length > 0 ? [`no command: ${said}`] : [];
}

const hasJq = spawnSync('jq', ['--version']).status === 0;

describe(`policies as jq rewrites them${hasJq ? '' : ' (SKIPPED: no jq found)'}`, () => {
  const rewritten = (mend: string | undefined, policy: object): unknown => {
    const [, program = ''] = toldBy(mend ?? '').calls.find(([name]) => name === 'jq') ?? [];
    const { stdout, stderr } = spawnSync('jq', [program], {
      input: JSON.stringify(policy),
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    return JSON.parse(stdout);
  };
  const member = `user:it's "eve"`;
  const lines = everyLine(`it's "eve"`).filter(({ check }) => check === 'audit');
  const bindings = [{ role: 'roles/owner', members: ['user:ana@example.com'] }];
  const policy = {
    etag: 'BwX',
    bindings,
    auditConfigs: [
      { service: 'allServices', auditLogConfigs: [{ logType: 'ADMIN_READ' }] },
      {
        service: 'storage.googleapis.com',
        auditLogConfigs: [{ logType: 'DATA_READ', exemptedMembers: [member] }],
      },
    ],
  };

  test.skipIf(!hasJq)('a type is switched on, and everything else stays', () => {
    const mend = lines.find(({ says }) => says.startsWith('off for storage.googleapis.com'))?.mend;
    expect(rewritten(mend, policy)).toEqual({
      ...policy,
      auditConfigs: [
        policy.auditConfigs[0],
        {
          service: 'storage.googleapis.com',
          auditLogConfigs: [{ logType: 'DATA_READ', exemptedMembers: [member] }, { logType: 'DATA_WRITE' }],
        },
      ],
    });
    const other = lines.find(({ says }) => says.startsWith('off for iam.googleapis.com'))?.mend;
    expect(rewritten(other, { etag: 'BwX' })).toEqual({
      etag: 'BwX',
      auditConfigs: [
        {
          service: 'iam.googleapis.com',
          auditLogConfigs: [{ logType: 'ADMIN_READ' }, { logType: 'DATA_READ' }],
        },
      ],
    });
  });

  test.skipIf(!hasJq)('an exemption is taken out, and nobody else’s', () => {
    const mend = lines.find(({ code }) => code === 'exempted')?.mend;
    const both = [member, 'serviceAccount:jobtrail-storage@trail.iam.gserviceaccount.com'];
    const before = [{ service: 's', auditLogConfigs: [{ logType: 'DATA_READ', exemptedMembers: both }] }];
    expect(rewritten(mend, { bindings, auditConfigs: before })).toEqual({
      bindings,
      auditConfigs: [
        { service: 's', auditLogConfigs: [{ logType: 'DATA_READ', exemptedMembers: [both[1]] }] },
      ],
    });
  });
});
