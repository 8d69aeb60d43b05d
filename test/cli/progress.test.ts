import { describe, expect, it } from 'vitest';
import { createProgress, duration } from '../../cli/progress.ts';
import type { ProgressOptions } from '../../cli/progress.ts';

interface Run {
  readonly written: string[];
  readonly clock: { ms: number };
  readonly progress: ReturnType<typeof createProgress>;
}

function run(isTty: boolean, options: Partial<ProgressOptions> = {}, columns = 120): Run {
  const written: string[] = [];
  const clock = { ms: 5000 };
  const progress = createProgress({
    label: 'replay',
    unit: 'entries',
    total: 1000,
    now: () => clock.ms,
    terminal: { isTty, columns, write: (text) => written.push(text) },
    ...options,
  });
  return { written, clock, progress };
}

describe('on a terminal', () => {
  it('redraws one line with bar, percent, rate and time left', () => {
    const { written, clock, progress } = run(true);
    progress.update(0);
    clock.ms += 1000;
    progress.update(250);
    expect(written).toHaveLength(2);
    expect(written[1]).toBe(
      `\r\u001b[2Kreplay  ${'█'.repeat(6)}${'░'.repeat(18)}  25 %  250 entries of 1,000 entries, 250 entries/s, 3 s left`,
    );
  });

  it('draws at most every tenth of a second', () => {
    const { written, clock, progress } = run(true);
    for (let i = 0; i < 1000; i += 1) {
      clock.ms += 1;
      progress.update(i);
    }
    expect(written.length).toBeGreaterThanOrEqual(9);
    expect(written.length).toBeLessThanOrEqual(11);
  });

  it('never writes a line that wraps', () => {
    const { written, clock, progress } = run(true, { label: 'x'.repeat(300) }, 40);
    clock.ms += 200;
    progress.update(10);
    expect(written.map((text) => text.replace('\r\u001b[2K', '').length)).toEqual([39]);
  });

  it('takes a terminal without columns for one of usual width', () => {
    const { written, clock, progress } = run(true, { label: 'x'.repeat(300) }, 0);
    clock.ms += 200;
    progress.update(10);
    expect(written.map((text) => text.replace('\r\u001b[2K', '').length)).toEqual([79]);
  });

  it('leaves one line when it is done, once', () => {
    const { written, clock, progress } = run(true);
    clock.ms += 2000;
    progress.update(1000, '3 files');
    progress.done();
    progress.done();
    progress.update(1001);
    expect(written).toHaveLength(2);
    expect(written[1]).toBe('\r\u001b[2Kreplay: 1,000 entries (3 files) in 2 s, 500 entries/s\n');
  });
});

describe('elsewhere', () => {
  it('writes plain lines now and then, without a bar or an escape', () => {
    const { written, clock, progress } = run(false);
    for (let i = 1; i <= 25; i += 1) {
      clock.ms += 1000;
      progress.update(i * 40);
    }
    progress.done();
    expect(written).toEqual([
      'replay: 40 %, 400 entries of 1,000 entries, 40 entries/s, 15 s left\n',
      'replay: 80 %, 800 entries of 1,000 entries, 40 entries/s, 5 s left\n',
      'replay: 1,000 entries in 25 s, 40 entries/s\n',
    ]);
  });

  it('says nothing but the end about short work', () => {
    const { written, clock, progress } = run(false);
    clock.ms += 300;
    progress.update(1000);
    progress.done();
    expect(written).toHaveLength(1);
  });
});

describe('amounts', () => {
  it('has no percent and no time left where the total is not known', () => {
    const { written, clock, progress } = run(true, { total: undefined });
    clock.ms += 1000;
    progress.update(7);
    expect(written[0]).toBe('\r\u001b[2Kreplay: 7 entries, 7 entries/s');
  });

  it('shows bytes in powers of a thousand', () => {
    const { written, clock, progress } = run(true, { unit: 'bytes', total: 40_000_000 });
    clock.ms += 1000;
    progress.update(812);
    clock.ms += 1000;
    progress.update(12_340_000);
    expect(written[0]).toContain('812 B of 40.0 MB, 812 B/s');
    expect(written[1]).toContain('30 %  12.3 MB of 40.0 MB, 6.2 MB/s');
  });

  it('never goes past the end or breaks when there is more than was announced', () => {
    const { written, clock, progress } = run(true, { total: 10 });
    clock.ms += 1000;
    progress.update(25);
    expect(written[0]).toContain('100 %');
    expect(written[0]).not.toContain('left');
  });

  it.each([
    [0, '0 s'],
    [59_400, '59 s'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 05 min'],
  ])('says %i ms as %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});
