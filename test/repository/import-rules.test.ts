import { describe, expect, it } from 'vitest';
import { allViolations, violationsOf } from '../../scripts/import-rules.ts';

const rules = (file: string, text: string): string[] =>
  violationsOf(file, text).map((violation) => violation.rule);

describe('import rules', () => {
  it('hold in this tree', () => {
    expect(allViolations()).toEqual([]);
  });

  it.each([
    ['schemas/a.ts', "import { hash } from 'node:crypto';"],
    ['schemas/a.ts', "import { x } from '../shared/x.ts';"],
    ['shared/sources/istio/a.ts', "import { x } from '../dataproc/index.ts';"],
    ['shared/identity/a.ts', "import { readFileSync } from 'node:fs';"],
    ['shared/identity/a.ts', 'const now = Date.now();'],
    ['shared/detections/a.ts', "import { BlockList, connect } from 'node:net';"],
    ['shared/detections/a.ts', "import * as net from 'node:net';"],
    ['shared/corroboration/rules/a.ts', 'const now = Date.now();'],
    ['shared/attest/a.ts', 'const keys = await fetch(uri);'],
    ['shared/pipeline/a.ts', "import { Spanner } from '@google-cloud/spanner';"],
    ['shared/store/open.ts', "const { Spanner } = await import('@google-cloud/spanner');"],
    ['shared/pipeline/a.ts', 'const v = process.env.HOME;'],
    ['shared/pipeline/a.ts', "import { x } from '../../functions/runtime/x.ts';"],
    ['cli/a.ts', "import { x } from '../test/support/x.ts';"],
  ])('name what is wrong in %s: %s', (file, text) => {
    expect(rules(file, text)).toHaveLength(1);
  });

  it.each([
    ['schemas/a.ts', "import * as z from 'zod';\nimport { B } from './b.ts';"],
    ['shared/sources/istio/a.ts', "import { str } from '../fields.ts';\nimport { x } from './schema.ts';"],
    ['shared/identity/a.ts', "import { hash } from 'node:crypto';"],
    ['shared/detections/a.ts', "import { BlockList, isIP } from 'node:net';"],
    ['shared/store/spanner/a.ts', "import { Spanner } from '@google-cloud/spanner';"],
    ['shared/attest/fetched-keys.ts', 'const keys = await fetch(uri);'],
    ['functions/istio/index.ts', 'const v = process.env;'],
  ])('are quiet about %s: %s', (file, text) => {
    expect(rules(file, text)).toEqual([]);
  });
});
