import { expect, it } from 'vitest';
import { report } from '../../../bench/simulate/figures.ts';
import { simulate } from '../../../bench/simulate/simulate.ts';

it(
  'finds every injected violation of a small organisation, and nothing else',
  { timeout: 120_000 },
  async () => {
    const figures = await simulate(
      { seed: 11, jobs: 60, days: 0.5, injections: 2, canarySeconds: 600 },
      { examples: 3 },
    );
    const { rules, quarantined, errors, examples } = report([figures]);
    expect({ quarantined, errors }).toEqual({ quarantined: 0, errors: {} });
    expect(
      rules.filter(({ missed, falseWithinGrace }) => missed + falseWithinGrace > 0),
      examples.join('\n'),
    ).toEqual([]);
  },
);
