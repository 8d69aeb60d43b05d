/** What docs/backfill.md shows is what the commands print. `UPDATE_DOCS=1 npm test -- test/docs/backfill` writes it anew. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { companyConfig } from '../../cli/day/config.ts';
import { DATED, datedEntries } from '../backfill/entries.ts';
import { serveLogging, type LoggingServer } from '../backfill/logging-server.ts';
import { runHere } from '../support/jobtrail.ts';
import { expectShown } from './outputs.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobtrail-backfill-docs-'));
const config = join(folder, 'jobtrail.yaml');
const STORE = `sqlite:${join(folder, 'trail.db')}`;
let server: LoggingServer;
beforeAll(async () => {
  writeFileSync(config, JSON.stringify(companyConfig));
  server = await serveLogging({ entries: datedEntries(DATED), pageSize: 1000 });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** Named by a run, which is another each time. */
const EPISODE = /alerts show [0-9a-f]{12}/g;

async function backfill(...more: string[]): Promise<string> {
  const args = ['backfill', '--resource', 'projects/acme', '--from', DATED, '--until', '2026-01-11'];
  const where = ['--store', STORE, '--config', config, '--state', join(folder, 'state.json')];
  const { code, out, err } = await runHere([...args, ...where, ...more], {
    JOBTRAIL_LOGGING_URL: server.url,
  });
  expect(code, err).toBe(0);
  return out.replace(EPISODE, 'alerts show 5f1c2ab07d3e');
}

it('shows a dry run, the run, and the same again', async () => {
  expectShown('backfill.md', 'dry run', await backfill('--dry-run', '--limit', '1000'));
  expectShown('backfill.md', 'run', await backfill());
  expectShown('backfill.md', 'again', await backfill());
});
