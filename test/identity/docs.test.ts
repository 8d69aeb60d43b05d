import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Claim } from '../../shared/identity/claims.ts';
import { parseIdentifier } from '../../shared/identity/grammar/identifier.ts';
import { createIdentifier } from '../../shared/identity/identify.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/identity.md'), 'utf8');

/** Rows of the table under a heading, each cell without its code marks. */
function table(heading: string): string[][] {
  const section = PAGE.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
    .map((line) =>
      line
        .slice(2, -2)
        .split(' | ')
        .map((cell) => cell.trim().replace(/^`(.*)`$/, '$1')),
    );
}

describe('docs/identity.md', () => {
  const identifiers = table('Identifiers');
  const claims = table('Claims');

  test('both tables are read', () => {
    expect(identifiers.length).toBeGreaterThan(30);
    expect(claims.length).toBeGreaterThan(10);
  });

  test.each(identifiers)('%s: %s', (_grammar, example = '', id = '') => {
    const parsed = parseIdentifier(example);
    expect(parsed?.id).toBe(id);
    expect(`${parsed?.kind}:${parsed?.issuer}:${parsed?.subject}`).toBe(id);
    expect(parseIdentifier(id)).toEqual(parsed);
  });

  test.each(claims)('%s', (claim = '', id = '', proof = '') => {
    const identifier = createIdentifier({ bindings: [], agents: [] });
    const { actor } = identifier.identify(
      { caller: JSON.parse(claim) as Claim },
      '2026-01-01T00:00:00.000000000Z',
    );
    expect(actor?.principal).toMatchObject({ id, proof });
    expect(parseIdentifier(id)?.id).toBe(id);
  });
});
