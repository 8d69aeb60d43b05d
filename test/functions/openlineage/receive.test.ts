/** OpenLineage events by HTTP and by Pub/Sub. */
import { describe, expect, it } from 'vitest';
import { receiveRecords } from '../../../functions/runtime/receive-records.ts';
import { createPushAuth } from '../../../functions/runtime/push-auth.ts';
import { openlineage } from '../../../shared/sources/openlineage/index.ts';
import { expectLedgerHolds, factsOf } from '../../pipeline/facts.ts';
import { freshStore, post, pushed } from '../service.ts';
import { ACCOUNT, AUDIENCE, certificates, token } from '../tokens.ts';

const { store, start } = freshStore();
const serveEvents = () => start({ source: openlineage, receive: receiveRecords });

const event = (runId: string): string =>
  JSON.stringify({
    eventTime: '2026-02-02T01:00:00Z',
    eventType: 'START',
    run: { runId },
    job: { namespace: 'airflow', name: 'nightly' },
    inputs: [{ namespace: 'gs://lake', name: 'raw' }],
  });
const counted = async () => expectLedgerHolds(store(), await factsOf(store()));

describe('arrival', () => {
  it('is the same event by HTTP, in a batch and by Pub/Sub', async () => {
    const { url } = await serveEvents();
    expect((await post(`${url}api/v1/lineage`, event('a'))).status).toBe(204);
    expect((await post(`${url}api/v1/lineage/batch`, `[${event('a')},${event('b')}]`)).status).toBe(204);
    expect((await post(url, pushed({ data: event('a') }))).status).toBe(204);
    expect(await counted()).toMatchObject({ received: 4, stored: 2, duplicate: 2, quarantined: 0 });
    expect((await factsOf(store())).Edges).toContainEqual(
      expect.objectContaining({ Node: 'gs://lake/raw', Op: 'read', JobId: 'openlineage:airflow/run/a' }),
    );
  });

  it('keeps what is no event, and takes no log entry', async () => {
    const { url } = await serveEvents();
    const entry = { logName: 'openlineage/events', timestamp: '2026-02-02T01:00:00Z', jsonPayload: {} };
    for (const body of ['{"hello":1}', JSON.stringify(entry)]) {
      expect((await post(url, body)).status).toBe(204);
    }
    expect(await counted()).toMatchObject({ received: 2, quarantined: 2 });
  });

  it('needs a token where the function is public', async () => {
    const auth = createPushAuth({ kind: 'self', audience: AUDIENCE, serviceAccount: ACCOUNT }, certificates);
    const { url } = await start({ source: openlineage, receive: receiveRecords, auth });
    expect((await post(url, event('a'))).status).toBe(401);
    expect((await factsOf(store())).Events).toHaveLength(0);
    expect((await post(url, event('a'), { authorization: `Bearer ${token()}` })).status).toBe(204);
    expect((await factsOf(store())).Events).toHaveLength(1);
  });
});
