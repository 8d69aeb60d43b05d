/** The core of an instance, opened while the store does not answer: tried again, and not by ever more clients. */
import { afterEach, expect, it, vi } from 'vitest';
import { ingestOpener } from '../../functions/runtime/open-ingest.ts';
import { readBundle } from '../../shared/config/read-bundle.ts';
import { SILENT } from '../../shared/observe/log.ts';
import * as spanner from '../../shared/store/spanner/client.ts';
import { silentServer } from '../support/silent-server.ts';
import { istio } from './service.ts';

vi.mock(import('../../shared/store/spanner/client.ts'), { spy: true });
afterEach(() => vi.restoreAllMocks());

it('tries again over the client that it has', async () => {
  const server = await silentServer();
  try {
    const ingest = ingestOpener({
      source: istio(),
      environment: {
        store: 'spanner:projects/p/instances/instance/databases/silent',
        emulatorHost: server.host,
        storeMs: 300,
        commit: {},
      },
      bundle: readBundle(undefined),
      logger: SILENT,
      path: 'pull',
    });
    await expect(ingest()).rejects.toMatchObject({ code: 'store-unavailable', disposition: 'retry' });
    for (let again = 0; again < 3; again += 1) await expect(ingest()).rejects.toThrow('to a read of Bundles');
    expect(spanner.createClient).toHaveBeenCalledOnce();
  } finally {
    await server.close();
  }
});
