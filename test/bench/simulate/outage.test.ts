import { expect, it } from 'vitest';
import type { SeedFigures } from '../../../bench/simulate/figures.ts';
import { simulate } from '../../../bench/simulate/simulate.ts';

const DIRECT = 'audit-record-without-gateway-evidence';
const OUT = { path: 'kong/edge-1', from: 3, until: 5 } as const;
const OPTIONS = {
  seed: 21,
  jobs: 60,
  days: 0.5,
  injections: 6,
  only: new Set([DIRECT]),
  canarySeconds: 600,
} as const;

const falseThatStand = (rules: SeedFigures['rules']): readonly unknown[] =>
  Object.entries(rules).filter(([, one]) => one.falseWithin + one.falseBeyond > one.takenBack);

it(
  'a gateway that is held up for two hours: one alert about it, no other left standing, nothing lost',
  { timeout: 240_000 },
  async () => {
    const { rules, examples, verdicts } = await simulate(
      { ...OPTIONS, outages: [{ ...OUT, lost: false }] },
      { examples: 5 },
    );
    expect(verdicts).toBeGreaterThan(50);
    expect(rules['source-silent'], examples.join('\n')).toMatchObject({
      alerts: 1,
      falseWithin: 0,
      falseBeyond: 0,
    });
    expect(rules[DIRECT], examples.join('\n')).toMatchObject({ injected: 6, found: 6, falseWithin: 0 });
    expect(falseThatStand(rules), examples.join('\n')).toEqual([]);
  },
);

it(
  'a gateway that loses two hours: one alert about it, and of what was lost nobody is accused',
  { timeout: 240_000 },
  async () => {
    const { rules, examples, undeterminedInOutages } = await simulate(
      { ...OPTIONS, injections: 0, outages: [{ ...OUT, lost: true }] },
      { examples: 5 },
    );
    expect(rules['source-silent'], examples.join('\n')).toMatchObject({ alerts: 1 });
    expect(undeterminedInOutages).toBeGreaterThan(0);
    expect(falseThatStand(rules), examples.join('\n')).toEqual([]);
  },
);
