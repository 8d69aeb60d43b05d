import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import { openStore } from '../../shared/store/open.ts';
import { alertStoreContract } from './store-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobtrail-alerts-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('sqlite: the contract of an alert store', () => {
  let files = 0;
  alertStoreContract({
    runs: 25,
    open: (same) => openStore(`sqlite:${join(folder, `${same === undefined ? (files += 1) : files}.db`)}`),
  });
});
