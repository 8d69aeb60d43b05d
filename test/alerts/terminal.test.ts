import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { renderTerminal } from '../../shared/alerts/terminal.ts';
import { arbitraryNotice } from './arbitrary.ts';
import { ENORMOUS, HOSTILE, OPEN, RESOLVED } from './notices.ts';

describe('the terminal', () => {
  it.each(Object.entries({ open: OPEN, resolved: RESOLVED, hostile: HOSTILE }))(
    'renders %s',
    async (name, notice) => {
      await expect(`${renderTerminal(notice)}\n`).toMatchFileSnapshot(`terminal-${name}.golden.txt`);
    },
  );

  it('is obeyed in nothing, and no value forges a line', () => {
    const holds = (notice: typeof OPEN): void => {
      const text = renderTerminal(notice);
      expect(text).not.toMatch(/[^\n\P{Cc}]|\p{Cf}|\p{Zl}|\p{Zp}/u);
      for (const line of text.split('\n').slice(2)) expect(line).toMatch(/^ {2}([A-Z][a-z ]+| ) +/);
    };
    holds(HOSTILE);
    holds(ENORMOUS);
    fc.assert(fc.property(arbitraryNotice, holds));
  });

  it('says how much it leaves out', () => {
    expect(renderTerminal(ENORMOUS)).toContain('… and 9900 more');
  });
});
