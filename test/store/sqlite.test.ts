import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import { openStore } from '../../shared/store/open.ts';
import { storeContract } from './contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobtrail-store-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('sqlite: the contract of a store', () => {
  let files = 0;
  storeContract({
    runs: 25,
    open: (same) => openStore(`sqlite:${join(folder, `${same === undefined ? (files += 1) : files}.db`)}`),
  });
});
