import { PubSub } from '@google-cloud/pubsub';
import { afterEach, expect, test } from 'vitest';
import { createDeliverWake, createFindingsPublisher } from '../../functions/runtime/findings-topic.ts';
import { createLogger, SILENT } from '../../shared/observe/log.ts';
import { freePort } from '../../cli/emulators.ts';
import { describeWithEmulators } from '../support/emulators.ts';

const HOST = 'PUBSUB_EMULATOR_HOST';
const before = process.env[HOST];
afterEach(() => {
  if (before === undefined) delete process.env[HOST];
  else process.env[HOST] = before;
});

const ids = Array.from({ length: 450 }, (_, i) => i.toString(16).padStart(64, '0'));

describeWithEmulators('findings topic', ['pubsub'], (hosts) => {
  test('every id is published, in messages that deliver takes', async () => {
    process.env[HOST] = hosts.pubsub();
    const client = new PubSub({ projectId: 'acme-findings' });
    const [topic] = await client.createTopic('findings');
    const [subscription] = await topic.createSubscription('deliver');
    const publish = createFindingsPublisher('projects/acme-findings/topics/findings', { logger: SILENT });
    await publish(ids);
    const received: string[] = [];
    const all = Promise.withResolvers<void>();
    subscription.on('message', (message) => {
      const body = JSON.parse(message.data.toString('utf8')) as { readonly findings: readonly string[] };
      received.push(...body.findings);
      message.ack();
      if (received.length >= ids.length) all.resolve();
    });
    await all.promise;
    await subscription.close();
    await client.close();
    expect(received.toSorted()).toEqual(ids);
  });
});

test('without a topic nothing is published', async () => {
  await expect(createFindingsPublisher(undefined, { logger: SILENT })(ids)).resolves.toBeUndefined();
  await expect(createDeliverWake(undefined, { logger: SILENT })()).resolves.toBeUndefined();
});

test('a topic that does not answer is logged and fails nothing', async () => {
  process.env[HOST] = `127.0.0.1:${await freePort()}`;
  const lines: Record<string, unknown>[] = [];
  const publish = createFindingsPublisher('projects/p/topics/t', {
    logger: createLogger((line) => lines.push(JSON.parse(line))),
    timeoutMs: 300,
  });
  const started = performance.now();
  await publish(ids);
  await createDeliverWake('projects/p/topics/t', {
    logger: createLogger((line) => lines.push(JSON.parse(line))),
    timeoutMs: 300,
  })();
  expect(performance.now() - started).toBeLessThan(3000);
  expect(lines).toMatchObject([
    { severity: 'WARNING', count: 450 },
    { severity: 'WARNING', message: 'deliver not woken, the sweep sends' },
  ]);
});
