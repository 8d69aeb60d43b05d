/** Exact binomial bounds and quantiles. Pure. */

/**
 * Lower end of the one-sided exact interval of Clopper and Pearson: the least probability of success under which `found` or
 * more of `tried` come about with a chance of at least `1 - confidence`. 0 where nothing was found.
 */
export function lowerBound(found: number, tried: number, confidence = 0.95): number {
  if (tried === 0 || found <= 0) return 0;
  const alpha = 1 - confidence;
  // All found: p^n = alpha.
  if (found >= tried) return alpha ** (1 / tried);
  let low = 0;
  let high = found / tried;
  for (let turn = 0; turn < 100 && high - low > 1e-12; turn += 1) {
    const middle = (low + high) / 2;
    if (atLeast(found, tried, middle) > alpha) high = middle;
    else low = middle;
  }
  return low;
}

/** P(X >= k) of the binomial distribution, summed over its shorter tail in logarithms. */
export function atLeast(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  if (p <= 0) return 0;
  if (p >= 1) return 1;
  const upper = n - k < k;
  const [from, until] = upper ? [k, n] : [0, k - 1];
  let sum = 0;
  for (let i = from; i <= until; i += 1) {
    sum += Math.exp(
      logFactorial(n) - logFactorial(i) - logFactorial(n - i) + i * Math.log(p) + (n - i) * Math.log1p(-p),
    );
  }
  return upper ? Math.min(1, sum) : Math.max(0, 1 - sum);
}

const FACTORIALS: number[] = [0];

function logFactorial(n: number): number {
  for (let i = FACTORIALS.length; i <= n; i += 1) FACTORIALS.push((FACTORIALS[i - 1] ?? 0) + Math.log(i));
  return FACTORIALS[n] ?? 0;
}

/** The value at rank ceil(q * n) of the sorted ones; undefined of none. */
export function quantile(values: readonly number[], q: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))];
}
