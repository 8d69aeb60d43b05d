/** What every store must do. Run on each of them by a file of its own (sqlite.test.ts, spanner.test.ts). */
import { bundlesContract } from './contract/bundles.ts';
import { commitContract } from './contract/commit.ts';
import { convergenceContract } from './contract/convergence.ts';
import { readingContract } from './contract/reading.ts';
import type { StoreUnderTest } from './contract/support.ts';
import { workContract } from './contract/work.ts';

export function storeContract(subject: StoreUnderTest): void {
  commitContract(subject);
  convergenceContract(subject);
  readingContract(subject);
  bundlesContract(subject);
  workContract(subject);
}
