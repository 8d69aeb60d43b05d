/** `jobtrail doctor` as a process on the emulators: a healthy deployment, and broken ones of which each fault is named with what mends it. */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createClient, openDatabase } from '../../shared/store/spanner/client.ts';
import { migrations } from '../../shared/store/spanner/migrations.ts';
import { describeWithEmulators } from '../support/emulators.ts';
import { both, changedSink, withPolicy } from './doctor/changes.ts';
import { NUMBER } from './doctor/google.ts';
import { doctorOn, expectOnly, shown, shownInDocs } from './doctor/harness.ts';
import { CONFIG, ORGANISATION, putPaths, SUBSCRIPTION } from './doctor/healthy.ts';

const WAIT = 240_000;

describeWithEmulators('jobtrail doctor', ['spanner', 'pubsub'], (hosts) => {
  const { run, faults, withRows, opened, healthyStore } = doctorOn(hosts);

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

  /** What a program of tomorrow put down. */
  const recordLater = async (store: string): Promise<void> => {
    const client = await createClient('test-project', hosts.spanner());
    const name = { project: 'test-project', instance: 'doctor', database: store.split('/').at(-1) ?? '' };
    const database = openDatabase(client, name);
    const AppliedAt = 'spanner.commit_timestamp()';
    await database
      .table('SchemaVersions')
      .insert([{ Name: '9999_later.sql', Version: 9999, Digest: 'x', AppliedAt }]);
    await database.close();
    await client.close();
  };

  describe.concurrent('set-ups', () => {
    test('a healthy deployment is all ok, line by line', { timeout: WAIT }, async () => {
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
        'dead-letters',
        'sinks',
        'publishers',
        'audit',
        'log-writers',
      ]);
    });

    test('for people, without a scope told: the organisation above is found', { timeout: WAIT }, async () => {
      const text = await run({ text: true, scopes: [], within: true });
      expect(text.err).toBe('');
      expect(text.code).toBe(0);
      expect(shown(text)).toBe(shownInDocs('healthy'));
    });

    test('1: a configuration with a problem', { timeout: WAIT }, async () => {
      const { code, texts } = await faults({ config: `${CONFIG}environment: {}\n` });
      expect(code).toBe(4);
      expect(texts[0]).toMatch(/^wrong configuration:invalid .*environment.* → npx jobtrail policy check /);
    });

    test('2: no database', { timeout: WAIT }, async () => {
      const store = healthyStore().replace(/databases\/.*/, 'databases/not-there');
      const { code, texts } = await faults({ store });
      expect(code).toBe(4);
      expectOnly(
        texts,
        'wrong store:unusable spanner:projects/test-project/instances/doctor/databases/not-there: There is no database not-there',
      );
      expect(texts[0]).toContain('→ gcloud spanner databases create not-there --instance=doctor');
    });

    test('3: an older schema', { timeout: WAIT }, async () => {
      const older = migrations()
        .slice(0, 4)
        .flatMap(({ statements }) => statements);
      const { code, texts } = await faults({ store: await emptyDatabase(older) });
      expect(code).toBe(4);
      expectOnly(texts, 'wrong store:not-migrated spanner:');
      expect(texts[0]).toMatch(
        /not applied: .*0006_corroboration\.sql.* → npx jobtrail migrate --store spanner:projects/,
      );
    });

    test(
      '15, 14, 4: a mesh that names nobody, then no reconcile, then a newer schema',
      { timeout: WAIT },
      async () => {
        const spec = await withRows({ mesh: { named: false } });
        const nameless = await faults({ store: spec });
        expect(nameless.code).toBe(4);
        expectOnly(
          nameless.texts,
          'wrong evidence:nameless istio/prod/server: 0 % of 1 records name who called; grade request',
        );

        const store = await opened(spec);
        await putPaths(store, { canaryAgo: 7_200_000, status: 'blind', reconciledAgo: 900_000 });
        await store.close();
        const stale = await faults({ store: spec });
        expect(stale.code).toBe(4);
        expectOnly(
          stale.texts,
          'wrong evidence:nameless',
          'wrong paths:stale reconcile: reconcile ran last 15 min ago → gcloud scheduler jobs run jobtrail-reconcile --project=trail',
          'wrong paths:blind dataproc: blind',
          'wrong paths:blind istio/prod/server: blind',
          'wrong canary:old dataproc: its last canary is 2 h old; one is sent every 300 s → gcloud scheduler jobs run jobtrail-canary',
        );

        await recordLater(spec);
        const newer = await faults({ store: spec });
        expect(newer.code).toBe(4);
        expectOnly(newer.texts, 'wrong store:newer');
        expect(newer.texts[0]).toContain('The database has schema version 9999');
      },
    );

    test(
      '5: Pub/Sub does not answer; what is above it is looked at all the same',
      { timeout: WAIT },
      async () => {
        const { code, texts, lines } = await faults({ pubsubHost: 'localhost:9' });
        expect(code).toBe(4);
        expectOnly(
          texts,
          'unasked subscriptions:unreachable projects/trail: could not be checked: Pub/Sub: ',
        );
        expect(lines.filter(({ check, state }) => check === 'sinks' && state === 'ok')).toHaveLength(3);
      },
    );

    test('6: nothing is deployed in the project', { timeout: WAIT }, async () => {
      const { texts, code } = await faults({ plumbing: 'none' });
      expect(code).toBe(4);
      expectOnly(
        texts,
        'wrong subscriptions:nothing-deployed projects/trail: no subscription is named jobtrail-…: nothing is deployed here → terraform apply',
        'wrong subscriptions:missing jobtrail-dataproc: there is no such subscription',
        'wrong subscriptions:missing jobtrail-istio: there is no such subscription',
        'wrong subscriptions:missing jobtrail-storage: there is no such subscription',
        'wrong sinks:topic-missing dataproc: ',
        'wrong sinks:topic-missing istio: ',
        'wrong sinks:topic-missing storage: ',
      );
    });

    test('7: a subscription with the defaults', { timeout: WAIT }, async () => {
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
      const update = 'gcloud pubsub subscriptions update jobtrail-dataproc --project=trail';
      expectOnly(
        texts,
        'wrong subscriptions:ack-deadline jobtrail-dataproc: its acknowledgement deadline is 10 s',
        `wrong subscriptions:retention-short jobtrail-dataproc: it keeps messages for 1 hour: a longer outage loses them → ${update} --message-retention-duration=7d`,
        `wrong subscriptions:expires jobtrail-dataproc: it is removed after 31 idle days → ${update} --expiration-period=never`,
        'warning subscriptions:no-retry-policy jobtrail-dataproc: it has no retry policy',
        'wrong subscriptions:push-without-token jobtrail-dataproc: it pushes without a token, which no function takes → gcloud pubsub subscriptions modify-push-config jobtrail-dataproc --project=trail --push-endpoint=http://127.0.0.1:9/ --push-auth-service-account=jobtrail-push@trail.iam.gserviceaccount.com',
        'wrong dead-letters:few-attempts jobtrail-dataproc: it gives up after 5 attempts',
      );
    });

    test('8: a filter, and dead letters that nobody keeps', { timeout: WAIT }, async () => {
      const filtered = { ...SUBSCRIPTION, filter: 'attributes.a = "b"' };
      const lost = await faults({ plumbing: { subscription: filtered, deadLetters: 'lost' } });
      expect(lost.code).toBe(4);
      expectOnly(
        lost.texts,
        'its filter leaves out messages that nobody counts: attributes.a = "b"',
        'its dead-letter topic jobtrail-dataproc-dead has no subscription: dead letters are lost → gcloud pubsub subscriptions create',
      );
    });

    test('9: the agent of Pub/Sub may not move dead letters', { timeout: WAIT }, async () => {
      const { code, texts } = await faults({
        within: true,
        google: both(
          withPolicy('projects/trail/topics/jobtrail-dataproc-dead', {}),
          withPolicy('projects/trail/subscriptions/jobtrail-dataproc', {}),
        ),
      });
      expect(code).toBe(4);
      const agent = `--member=serviceAccount:service-${NUMBER}@gcp-sa-pubsub.iam.gserviceaccount.com`;
      expectOnly(
        texts,
        `→ gcloud pubsub topics add-iam-policy-binding jobtrail-dataproc-dead --project=trail ${agent} --role=roles/pubsub.publisher`,
        `→ gcloud pubsub subscriptions add-iam-policy-binding jobtrail-dataproc --project=trail ${agent} --role=roles/pubsub.subscriber`,
      );
    });

    test('10: a sink by method', { timeout: WAIT }, async () => {
      const filter = 'protoPayload.methodName="google.cloud.dataproc.v1.JobController.SubmitJob"';
      const { code, texts } = await faults({ google: changedSink({ filter }) });
      expect(code).toBe(4);
      expect(texts).toHaveLength(1);
      expect(texts[0]).toMatch(
        /^wrong sinks:loses-entries dataproc: organizations\/77\/sinks\/jobtrail-dataproc: it loses .*dataproc.* of projects\/shop-prod/,
      );
      expect(texts[0]).toContain(
        '→ gcloud logging sinks update jobtrail-dataproc --organization=77 --log-filter="$(cat terraform/filters/dataproc.txt)"',
      );
    });

    test('11: a sink that feeds on itself', { timeout: WAIT }, async () => {
      const { code, texts } = await faults({
        within: true,
        google: changedSink({ filter: '' }),
      });
      expect(code).toBe(4);
      expectOnly(
        texts,
        "it feeds on itself: lines of functions, commits of functions of the pipeline pass it → gcloud logging sinks update jobtrail-dataproc --organization=77 '--add-exclusion=name=own-entries,filter=(resource.type=",
      );
    });

    test('12: data access logs off', { timeout: WAIT }, async () => {
      const { code, texts } = await faults({
        within: true,
        google: withPolicy(ORGANISATION, {}),
      });
      expect(code).toBe(4);
      expectOnly(
        texts,
        'wrong audit:off projects/shop-prod: off for storage.googleapis.com: DATA_READ, DATA_WRITE; nothing tells of objects that were read or written → gcloud projects get-iam-policy shop-prod --format=json | jq ',
      );
    });

    test(
      '13: people who may write what counts as evidence, by an own role too',
      { timeout: WAIT },
      async () => {
        const bindings = [
          {
            role: 'roles/logging.logWriter',
            members: ['user:eve@example.com', 'serviceAccount:nodes@mesh-prod.iam.gserviceaccount.com'],
          },
          { role: 'organizations/77/roles/observer', members: ['group:all@example.com'] },
          { role: 'roles/editor', members: ['serviceAccount:1-compute@developer.gserviceaccount.com'] },
        ];
        const policies = withPolicy('projects/mesh-prod', { bindings });
        const { code, texts } = await faults({
          within: true,
          google: (healthy, project) => ({
            ...policies(healthy, project),
            roles: { ...healthy.roles, 'organizations/77/roles/observer': ['logging.logEntries.create'] },
          }),
        });
        expect(code).toBe(4);
        expectOnly(
          texts,
          'wrong log-writers:people-write-logs projects/mesh-prod: user:eve@example.com may write log entries (roles/logging.logWriter on projects/mesh-prod): records of the mesh could be invented → gcloud projects remove-iam-policy-binding mesh-prod --member=user:eve@example.com --role=roles/logging.logWriter',
          'wrong log-writers:people-write-logs projects/mesh-prod: group:all@example.com may write log entries (organizations/77/roles/observer on projects/mesh-prod): records of the mesh could be invented; who is in a group or domain is not looked up',
          'warning log-writers:basic-role-writes-logs projects/mesh-prod: serviceAccount:1-compute@developer.gserviceaccount.com: may write log entries by a basic role',
        );
      },
    );

    test('16: what may not be asked is not ok', { timeout: WAIT }, async () => {
      const { code, texts } = await faults({
        within: true,
        google: (healthy) => ({
          ...healthy,
          refused: { [ORGANISATION]: [], 'projects/shop-prod': [], 'projects/mesh-prod': [] },
        }),
      });
      expect(code).toBe(4);
      expect(new Set(texts.map((text) => text.split(' ').slice(0, 2).join(' ')))).toEqual(
        new Set([
          'unasked sinks:not-permitted',
          'unasked publishers:not-permitted',
          'unasked audit:not-permitted',
          'unasked log-writers:not-permitted',
        ]),
      );
      expect(texts).toContain(
        'unasked sinks:not-permitted organizations/77: could not be checked: needs logging.sinks.list on organizations/77 → gcloud organizations add-iam-policy-binding 77 --member=user:YOU --role=roles/iam.securityReviewer --condition=None',
      );
    });

    test('17: a person who may publish to the topic of a source', { timeout: WAIT }, async () => {
      const bindings = [
        {
          role: 'roles/pubsub.publisher',
          members: ['serviceAccount:o77-1@gcp-sa-logging.iam.gserviceaccount.com', 'user:eve@example.com'],
        },
      ];
      const { code, texts } = await faults({
        within: true,
        google: withPolicy('projects/trail/topics/jobtrail-istio', { bindings }),
      });
      expect(code).toBe(4);
      expectOnly(
        texts,
        'wrong publishers:anybody-publishes projects/trail/topics/jobtrail-istio: user:eve@example.com may publish: any record could be forged (roles/pubsub.publisher on projects/trail/topics/jobtrail-istio) → gcloud pubsub topics remove-iam-policy-binding jobtrail-istio --project=trail --member=user:eve@example.com --role=roles/pubsub.publisher',
      );
    });
  });
});
