/** `jobtrail doctor` as a process: a healthy deployment, and broken ones of which each fault is named with what mends it. */
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createClient, openDatabase } from '../../shared/store/spanner/client.ts';
import { migrations } from '../../shared/store/spanner/migrations.ts';
import { describeWithEmulators } from '../support/emulators.ts';
import { doctorOn, expectOnly } from './doctor/harness.ts';
import { CONFIG, SUBSCRIPTION } from './doctor/healthy.ts';

describeWithEmulators('jobtrail doctor', ['spanner', 'pubsub'], (hosts) => {
  const { run, faults, withRows, healthyStore } = doctorOn(hosts);

  test('a healthy deployment is all ok, line by line', async () => {
    const { code, texts, lines } = await faults({});
    expect(texts).toEqual([]);
    expect(code).toBe(0);
    expect([...new Set(lines.map(({ check }) => check))]).toEqual([
      'configuration',
      'store',
      'clock',
      'paths',
      'canary',
      'evidence',
      'subscriptions',
      'sinks',
      'audit',
      'log-writers',
    ]);
    const text = await run({ text: true });
    expect(text.code).toBe(0);
    expect(text.out).toMatch(/^ok {6}configuration {2}/);
    expect(text.out).toMatch(/\n\d+ ok, 0 warnings, 0 wrong, 0 not known\n$/);
  }, 240_000);

  test('1: a configuration with a problem', async () => {
    const { code, texts } = await faults({ config: `${CONFIG}environment: {}\n` });
    expect(code).toBe(4);
    expect(texts[0]).toMatch(/^wrong configuration .*environment.* → npx jobtrail policy check /);
  }, 240_000);

  test('2: no database', async () => {
    const { code, texts } = await faults({
      store: healthyStore().replace(/databases\/.*/, 'databases/not-there'),
    });
    expect(code).toBe(4);
    expectOnly(
      texts,
      'wrong store spanner:projects/test-project/instances/doctor/databases/not-there: There is no database not-there',
    );
    expect(texts[0]).toContain('→ gcloud spanner databases create not-there --instance=doctor');
  }, 240_000);

  const emptyDatabase = async (statements: readonly string[]): Promise<string> => {
    const client = await createClient('test-project', hosts.spanner());
    const name = `d${randomBytes(8).toString('hex')}`;
    const [database, creation] = await client.spanner
      .instance('doctor')
      .createDatabase(name, { extraStatements: [...statements] });
    database.on('error', () => undefined);
    await creation.promise();
    await database.close();
    await client.close();
    return `spanner:projects/test-project/instances/doctor/databases/${name}`;
  };

  test('3: an older schema', async () => {
    const older = migrations()
      .slice(0, 4)
      .flatMap(({ statements }) => statements);
    const { code, texts } = await faults({ store: await emptyDatabase(older) });
    expect(code).toBe(4);
    expectOnly(texts, 'wrong store spanner:');
    expect(texts[0]).toMatch(
      /not applied: .*0006_corroboration\.sql.* → npx jobtrail migrate --store spanner:projects/,
    );
  }, 240_000);

  test('4: a newer schema', async () => {
    const store = await withRows();
    const client = await createClient('test-project', hosts.spanner());
    const database = openDatabase(client, {
      project: 'test-project',
      instance: 'doctor',
      database: store.split('/').at(-1) ?? '',
    });
    const row = {
      Name: '9999_later.sql',
      Version: 9999,
      Digest: 'x',
      AppliedAt: 'spanner.commit_timestamp()',
    };
    await database.table('SchemaVersions').insert([row]);
    await database.close();
    await client.close();
    const { code, texts } = await faults({ store });
    expect(code).toBe(4);
    expectOnly(texts, 'The database has schema version 9999');
  }, 240_000);

  test('5: Pub/Sub does not answer', async () => {
    const { code, texts } = await faults({ pubsubHost: 'localhost:9' });
    expect(code).toBe(4);
    expectOnly(texts, 'unasked subscriptions projects/trail: not known: Pub/Sub: ');
  }, 240_000);

  test('6: nothing is deployed in the project', async () => {
    const { texts, code } = await faults({ plumbing: 'none' });
    expect(code).toBe(4);
    expectOnly(
      texts,
      'wrong subscriptions projects/trail: no subscription is named jobtrail-…: nothing is deployed here → terraform apply',
      'wrong subscriptions jobtrail-dataproc: there is no such subscription',
      'wrong subscriptions jobtrail-istio: there is no such subscription',
    );
  }, 240_000);

  test('7: a subscription with the defaults', async () => {
    const { texts, code } = await faults({
      plumbing: {
        attempts: 5,
        subscription: {
          messageRetentionDuration: { seconds: 3600 },
          pushConfig: { pushEndpoint: 'http://127.0.0.1:9/' },
        },
      },
    });
    expect(code).toBe(4);
    expectOnly(
      texts,
      'wrong subscriptions jobtrail-dataproc: its acknowledgement deadline is 10 s',
      '→ gcloud pubsub subscriptions update jobtrail-dataproc --project=trail --message-retention-duration=7d',
      'wrong subscriptions jobtrail-dataproc: it is removed after 31 idle days → gcloud pubsub subscriptions update jobtrail-dataproc --project=trail --expiration-period=never',
      'warning subscriptions jobtrail-dataproc: it has no retry policy',
      'wrong subscriptions jobtrail-dataproc: it pushes without a token',
      'wrong subscriptions jobtrail-dataproc: it gives up after 5 attempts',
    );
  }, 240_000);

  test('8: a filter, and dead letters that nobody keeps', async () => {
    const filtered = { ...SUBSCRIPTION, filter: 'attributes.a = "b"' };
    const lost = await faults({ plumbing: { subscription: filtered, deadLetters: 'lost' } });
    expectOnly(
      lost.texts,
      'its filter leaves out messages that nobody counts: attributes.a = "b"',
      'its dead-letter topic jobtrail-dataproc-dead has no subscription: dead letters are lost → gcloud pubsub subscriptions create',
    );
    const none = await faults({ plumbing: { deadLetters: 'none' } });
    expectOnly(none.texts, 'it has no dead-letter topic');
  }, 240_000);

  test('14: an old canary, a blind path, no reconcile', async () => {
    const { texts } = await faults({
      rows: { canaryAgo: 7_200_000, status: 'blind', reconciledAgo: 900_000 },
    });
    expectOnly(
      texts,
      'wrong paths reconcile: reconcile ran last 15 min ago → gcloud scheduler jobs run jobtrail-reconcile --project=trail',
      'wrong paths dataproc: blind',
      'wrong paths istio/prod/server: blind',
      'wrong canary dataproc: its last canary is 2 h old; one is sent every 300 s → gcloud scheduler jobs run jobtrail-canary',
    );
  }, 240_000);

  test('15: a mesh that names nobody, one that sees connections only, one that anybody could write', async () => {
    expectOnly(
      (await faults({ rows: { mesh: { named: false } } })).texts,
      'wrong evidence istio/prod/server: 0 % of 1 records name who called',
    );
    expectOnly(
      (await faults({ rows: { mesh: { connection: true } } })).texts,
      'wrong evidence prod-mesh (dataproc, dataflow, databricks): mesh tells the connection; it asks for the request, so every start is undetermined',
    );
    expectOnly(
      (await faults({ rows: { mesh: { provenance: 'tenant' } } })).texts,
      'wrong evidence istio/(undeclared): 1 records of projects that are not in meshProjects',
      'wrong evidence prod-mesh (dataproc, dataflow, databricks): asks for a record of the mesh, and none that counts came',
    );
  }, 240_000);
});
