/** What every rule tells its reader, whatever it looks at: of the detections of one entry and of the rules over several. */
import { expect, it } from 'vitest';
import { isRevoked } from '../../scripts/docs/attack.ts';
import { SEVERITIES } from '../../schemas/alerting.ts';
import type { CatalogueRule } from '../../shared/corroboration/catalogue.ts';
import { savedQueries } from '../../shared/store/queries.ts';
import { isControl, SOC2 } from './rule-text.ts';

type Told = Pick<
  CatalogueRule,
  'title' | 'severity' | 'why' | 'runbook' | 'evidence' | 'maps' | 'peers' | 'gaps'
>;

/** Tests of the suite that calls it. */
export function itIsWellTold({ title, severity, why, runbook, evidence, maps, peers, gaps }: Told): void {
  it('says what it is, why it matters and what it does not see', () => {
    expect(title).toMatch(/^[A-Z].{9,99}[^.]$/);
    expect(SEVERITIES).toContain(severity);
    expect(why).toMatch(/^[A-Z].{20,400}\.$/);
    for (const text of [...peers, ...gaps]) expect(text).toMatch(/\S{3}/);
  });

  it('says what to do in 2 to 5 lines that name its evidence', () => {
    expect(runbook.length).toBeGreaterThanOrEqual(2);
    expect(runbook.length).toBeLessThanOrEqual(5);
    for (const line of runbook) expect(line).toMatch(/^[A-Z`].{15,300}$/);
    const queries = runbook.flatMap((line) =>
      Array.from(line.matchAll(/\bquery ([a-z]+(?:-[a-z]+)+)/g), ([, name = '']) => name),
    );
    for (const name of queries) expect(savedQueries().map((query) => query.name)).toContain(name);
    const named = runbook.flatMap((line) => Array.from(line.matchAll(/`([^`]+)`/g), ([, name = '']) => name));
    expect(named.filter((name) => evidence.includes(name))).not.toEqual([]);
  });

  it('maps to techniques, criteria and controls that there are', () => {
    expect(maps.attack).not.toEqual([]);
    expect(maps.attack.filter((one) => !/^T1[0-9]{3}(\.[0-9]{3})?$/.test(one) || isRevoked(one))).toEqual([]);
    expect(maps.soc2).not.toEqual([]);
    expect(maps.soc2.filter((one) => !SOC2.test(one))).toEqual([]);
    expect(maps.iso27001).not.toEqual([]);
    expect(maps.iso27001.filter((one) => !isControl(one))).toEqual([]);
  });
}
