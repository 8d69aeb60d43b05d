/** From the notification of an audit file over HTTP to rows, with a server in the place of Cloud Storage. */
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDelivery } from '../../../functions/databricks/delivery.ts';
import { createObjectReader } from '../../../functions/databricks/object-reader.ts';
import { databricks } from '../../../shared/sources/databricks/index.ts';
import { expectLedgerHolds, factsOf } from '../../pipeline/facts.ts';
import { freshStore, post, type Service } from '../service.ts';
import { startStorage, type Storage } from './storage.ts';

const BUCKET = 'acme-dbx-audit';
const OBJECT = 'audit/workspaceId=4821734609921173/date=2026-02-02/auditlogs_7.json';
const FILE = `${BUCKET}/${OBJECT}`;

const { store, start } = freshStore();
let storage: Storage;
let service: Service;

beforeEach(async () => {
  storage = await startStorage();
  const reader = createObjectReader({ baseUrl: storage.url, accessToken: () => Promise.resolve('t0ken') });
  service = await start({
    source: databricks,
    receive: createDelivery({ reader, buckets: new Set([BUCKET]) }),
  });
});
afterEach(() => storage.stop());

const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) =>
    JSON.stringify({
      version: '2.0',
      timestamp: 1770000000000 + from + i,
      workspaceId: '4821734609921173',
      userIdentity: { email: 'ana@example.com' },
      serviceName: 'jobs',
      actionName: 'runNow',
      requestId: `r-${from + i}`,
      requestParams: { job_id: '42' },
      response: { statusCode: 200, result: `{"run_id":${from + i}}` },
    }),
  ).join('\n');

/** The body of a push request with a notification. */
function notified(attributes: Record<string, string> = {}, deliveryAttempt = 1): string {
  const data = JSON.stringify({ bucket: BUCKET, name: OBJECT, generation: '17' });
  return JSON.stringify({
    message: {
      data: Buffer.from(data).toString('base64'),
      messageId: '1',
      publishTime: '2026-02-02T03:00:01Z',
      attributes: {
        eventType: 'OBJECT_FINALIZE',
        bucketId: BUCKET,
        objectId: OBJECT,
        objectGeneration: '17',
        eventTime: '2026-02-02T03:00:00.123456Z',
        payloadFormat: 'JSON_API_V1',
        ...attributes,
      },
    },
    subscription: 'projects/acme-audit/subscriptions/jobtrail-databricks',
    deliveryAttempt,
  });
}

const counted = async () => expectLedgerHolds(store(), await factsOf(store()));

describe('a file that is delivered', () => {
  it('is read with a token, by its name as it is', async () => {
    storage.objects.set(FILE, Buffer.from(`${lines(0, 3)}\n`));
    expect((await post(service.url, notified())).status).toBe(204);
    expect(storage.asked).toEqual([
      {
        path: `/storage/v1/b/${BUCKET}/o/${encodeURIComponent(OBJECT)}?alt=media`,
        authorization: 'Bearer t0ken',
      },
    ]);
    expect((await factsOf(store())).Events.map((row) => String(row['JobId'])).sort()).toEqual([
      'databricks:4821734609921173/run/0',
      'databricks:4821734609921173/run/1',
      'databricks:4821734609921173/run/2',
    ]);
  });

  it('is read again when it has more lines: what is known is duplicate', async () => {
    storage.objects.set(FILE, Buffer.from(lines(0, 1200)));
    await post(service.url, notified());
    storage.objects.set(FILE, Buffer.from(lines(0, 1300)));
    expect((await post(service.url, notified({ overwroteGeneration: '16' }))).status).toBe(204);
    expect(await counted()).toMatchObject({ received: 2500, stored: 1300, duplicate: 1200, conflicting: 0 });
  });

  it('may be compressed', async () => {
    storage.objects.set(`${BUCKET}/x.json.gz`, gzipSync(lines(0, 10)));
    await post(service.url, notified({ objectId: 'x.json.gz' }));
    expect(await counted()).toMatchObject({ received: 10, stored: 10 });
  });

  it('costs no more than the line that is cut, or the end of a damaged archive', async () => {
    storage.objects.set(FILE, Buffer.from(lines(0, 10).slice(0, -20)));
    await post(service.url, notified());
    expect(await counted()).toMatchObject({ received: 10, stored: 9, quarantined: 1 });
    storage.objects.set(`${BUCKET}/x.json.gz`, gzipSync(`${lines(20, 30)}\n`).subarray(0, -4));
    await post(service.url, notified({ objectId: 'x.json.gz' }));
    expect((await factsOf(store())).Quarantine.map((row) => String(row['Reason'])).sort()).toEqual([
      'entry-not-json',
      'file-damaged',
    ]);
  });

  it('takes nobody’s word that a line is a log entry', async () => {
    const forged = { logName: 'databricks/4821734609921173/audit', timestamp: '2026-02-02T03:00:00Z' };
    storage.objects.set(FILE, Buffer.from(JSON.stringify({ ...forged, jsonPayload: {} })));
    await post(service.url, notified());
    expect(await counted()).toMatchObject({ received: 1, quarantined: 1 });
  });

  it('is accounted for when it is empty', async () => {
    storage.objects.set(FILE, Buffer.alloc(0));
    expect((await post(service.url, notified())).status).toBe(204);
    expect(await counted()).toMatchObject({ received: 1, filtered: 1 });
  });
});

describe('a file that cannot be read', () => {
  it.each([401, 403, 429, 500, 503])('is tried again: %i', async (status) => {
    storage.objects.set(FILE, (response) => void response.writeHead(status).end());
    expect(await post(service.url, notified())).toMatchObject({ status: 503, text: 'object-unavailable\n' });
    expect((await factsOf(store())).Events).toHaveLength(0);
  });

  it('is tried again where the connection breaks within it, and loses nothing', async () => {
    storage.objects.set(FILE, (response) => {
      response.writeHead(200, { 'content-length': '1000000' }).write(`${lines(0, 600)}\n`);
      setTimeout(() => response.destroy(), 50);
    });
    expect((await post(service.url, notified())).status).toBe(503);
    storage.objects.set(FILE, Buffer.from(lines(0, 700)));
    expect((await post(service.url, notified({}, 2))).status).toBe(204);
    expect((await factsOf(store())).Events).toHaveLength(700);
  });

  it('is kept as a finding where it is gone', async () => {
    expect((await post(service.url, notified())).status).toBe(204);
    expect((await factsOf(store())).Quarantine).toMatchObject([{ Reason: 'object-missing' }]);
  });
});

describe('other notifications', () => {
  const rulesOf = async (): Promise<unknown[]> => {
    const receipts = await Array.fromAsync(store().scan('Receipts'));
    return receipts.map((receipt) => JSON.parse(String(receipt['FilteredBy'])) as unknown);
  };

  it('leaves out by name what is no loss', async () => {
    for (const attributes of [
      { eventType: 'OBJECT_DELETE', overwrittenByGeneration: '18' },
      { eventType: 'OBJECT_METADATA_UPDATE' },
      { objectId: 'audit/README.txt' },
    ]) {
      expect((await post(service.url, notified(attributes))).status).toBe(204);
    }
    expect(storage.asked).toEqual([]);
    expect(await rulesOf()).toEqual(
      expect.arrayContaining([
        { 'databricks-object-overwritten': 1 },
        { 'databricks-object-metadata': 1 },
        { 'databricks-object-other': 1 },
      ]),
    );
  });

  it('tells of a file that was deleted and not replaced', async () => {
    for (let i = 0; i < 2; i += 1) await post(service.url, notified({ eventType: 'OBJECT_DELETE' }));
    expect((await factsOf(store())).Events).toMatchObject([
      {
        Action: 'log.change',
        Method: 'OBJECT_DELETE',
        EventTime: '2026-02-02T03:00:00.123456000Z',
        Project: 'databricks/4821734609921173',
        Resource: `projects/_/buckets/${BUCKET}/objects/${OBJECT}`,
      },
    ]);
  });

  it('reads no other bucket, whoever names it', async () => {
    storage.objects.set('evil/x.json', Buffer.from(lines(0, 1)));
    expect((await post(service.url, notified({ bucketId: 'evil', objectId: 'x.json' }))).status).toBe(204);
    expect(storage.asked).toEqual([]);
    expect((await factsOf(store())).Quarantine).toMatchObject([
      { Reason: 'envelope-shape', Source: 'databricks' },
    ]);
  });

  it('takes no event out of a message itself', async () => {
    const message = { data: Buffer.from(lines(0, 1)).toString('base64'), messageId: '9' };
    expect((await post(service.url, JSON.stringify({ message }))).status).toBe(204);
    expect((await factsOf(store())).Events).toHaveLength(0);
    expect((await factsOf(store())).Quarantine).toHaveLength(1);
  });

  it('is kept raw once it was delivered too often', async () => {
    storage.objects.set(FILE, Buffer.from(lines(0, 1)));
    await post(service.url, notified({}, 90));
    expect(storage.asked).toEqual([]);
    expect((await factsOf(store())).Quarantine).toMatchObject([{ Reason: 'delivery-exhausted' }]);
  });
});
