/** `jobtrail doctor` over what Google's APIs tell, within this process: what is asked, found and not known. */
import { describe, expect, test } from 'vitest';
import { type Change, changedSink, grant, withPolicy } from './doctor/changes.ts';
import { NUMBER, type Sink } from './doctor/google.ts';
import { doctorWithin, expectOnly, shown, shownInDocs } from './doctor/harness.ts';
import { AGENT, CONFIG, ORGANISATION, WRITER } from './doctor/healthy.ts';

const { run, faults } = doctorWithin();

test('a healthy deployment, over an embedded store', async () => {
  const { code, texts } = await faults({});
  expect(texts).toEqual([]);
  expect(code).toBe(0);
});

describe('sinks', () => {
  test('one that is gone', async () => {
    const { texts } = await faults({
      google: changedSink({ destination: 'pubsub.googleapis.com/projects/x/topics/y' }),
    });
    expectOnly(
      texts,
      'wrong sinks:missing dataproc: no sink that was seen sends to projects/trail/topics/jobtrail-dataproc → gcloud logging sinks create jobtrail-dataproc pubsub.googleapis.com/projects/trail/topics/jobtrail-dataproc --organization=77 --include-children --log-filter="$(cat terraform/filters/dataproc.txt)"',
      // Its writer had the grant, and may be anybody's now.
      `warning publishers:other-sink-publishes projects/trail/topics/jobtrail-dataproc: ${WRITER} may publish`,
    );
  });

  test('disabled, without children, its writer may not publish', async () => {
    const { texts } = await faults({
      google: changedSink({
        disabled: true,
        includeChildren: false,
        writerIdentity: 'serviceAccount:o1-2@gcp-sa-logging.iam.gserviceaccount.com',
      }),
    });
    expectOnly(
      texts,
      'wrong sinks:disabled dataproc: organizations/77/sinks/jobtrail-dataproc: it is disabled → gcloud logging sinks update jobtrail-dataproc --organization=77 --no-disabled',
      'wrong sinks:no-children dataproc: organizations/77/sinks/jobtrail-dataproc: it takes no entries of child projects → gcloud logging sinks update jobtrail-dataproc --organization=77 --include-children',
      'its writer serviceAccount:o1-2@gcp-sa-logging.iam.gserviceaccount.com may not publish to projects/trail/topics/jobtrail-dataproc: its entries are dropped → gcloud pubsub topics add-iam-policy-binding jobtrail-dataproc --project=trail',
      `warning publishers:other-sink-publishes projects/trail/topics/jobtrail-dataproc: ${WRITER} may publish`,
    );
  });

  test('a writer that has the grant by its project, and one that has it under a condition', async () => {
    const role = 'roles/pubsub.publisher';
    const above = await faults({
      google: (healthy, project) => ({
        ...withPolicy('projects/trail', grant(role, WRITER))(healthy, project),
      }),
    });
    expect(above.texts).toEqual([]);
    const condition = {
      title: 'until spring',
      expression: 'request.time < timestamp("2027-03-01T00:00:00Z")',
    };
    const { texts, code } = await faults({
      google: withPolicy('projects/trail/topics/jobtrail-dataproc', {
        bindings: [{ role, members: [WRITER], condition }],
      }),
    });
    expect(code).toBe(0);
    expectOnly(
      texts,
      'warning sinks:writer-conditional dataproc: organizations/77/sinks/jobtrail-dataproc: its writer may publish to jobtrail-dataproc under a condition: roles/pubsub.publisher on projects/trail/topics/jobtrail-dataproc, under the condition until spring: request.time < timestamp("2027-03-01T00:00:00Z")',
    );
  });

  test('a filter that cannot be read', async () => {
    const { texts } = await faults({ google: changedSink({ filter: 'protoPayload.serviceName=(' }) });
    expect(texts).toHaveLength(1);
    expect(texts[0]).toMatch(/^wrong sinks:filter-unreadable dataproc: .* line 1, column 27/);
  });

  test('sinks of the project itself are found, and those above it without being told', async () => {
    const { texts } = await faults({
      scopes: [],
      google: (healthy) => {
        const all = healthy.sinks[ORGANISATION] ?? [];
        const isOwn = ({ name }: Sink): boolean => name === 'jobtrail-dataproc';
        return {
          ...healthy,
          sinks: {
            'folders/9': all.filter((sink) => !isOwn(sink)),
            'projects/shop-prod': all.filter(isOwn),
            [ORGANISATION]: all.filter(({ name }) => name === 'jobtrail-istio'),
          },
        };
      },
    });
    // The folder is not above the mesh's project, so that only the organisation's sink of istio counts there.
    expect(texts).toEqual([]);
  });

  test('a project that no sink of the source covers', async () => {
    const { texts } = await faults({
      config: CONFIG.replace('prod: [shop-prod]', 'prod: [shop-prod, shop-eu]'),
      google: (healthy) => ({
        ...healthy,
        ancestry: { ...healthy.ancestry, 'projects/shop-eu': ['organizations/88'] },
      }),
    });
    const sinks = texts.filter((text) => text.includes(' sinks:'));
    expectOnly(
      sinks,
      'wrong sinks:not-covered dataproc: projects/shop-eu: no sink takes entries of projects/shop-eu → gcloud logging sinks create jobtrail-dataproc pubsub.googleapis.com/projects/trail/topics/jobtrail-dataproc --project=shop-eu --log-filter=',
      'wrong sinks:not-covered storage: projects/shop-eu: ',
    );
  });
});

describe('topics and subscriptions', () => {
  const changed =
    (kind: 'topics' | 'subscriptions', name: string, change: object): Change =>
    (healthy, project) => ({
      ...healthy,
      [kind]: (healthy[kind] ?? []).map((one) =>
        one['name'] === `projects/${project}/${kind}/jobtrail-${name}` ? { ...one, ...change } : one,
      ),
    });

  test.each([
    [
      'functions on the topic change messages',
      changed('topics', 'dataproc', { messageTransforms: [{ javascriptUdf: {} }, { disabled: true }] }),
      'wrong subscriptions:transforms jobtrail-dataproc: 1 function on its topic jobtrail-dataproc may change or drop messages → gcloud pubsub topics update jobtrail-dataproc --project=trail --clear-message-transforms',
    ],
    [
      'functions on the subscription',
      changed('subscriptions', 'dataproc', { messageTransforms: [{ javascriptUdf: {} }] }),
      '→ gcloud pubsub subscriptions update jobtrail-dataproc --project=trail --clear-message-transforms',
    ],
    [
      'the topic keeps nothing',
      changed('topics', 'dataproc', { messageRetentionDuration: undefined }),
      'warning subscriptions:topic-keeps-nothing jobtrail-dataproc: ',
    ],
    [
      'the topic refuses regions',
      changed('topics', 'dataproc', { messageStoragePolicy: { enforceInTransit: true } }),
      'warning subscriptions:topic-refuses-regions jobtrail-dataproc: its topic jobtrail-dataproc refuses what is published from other regions → gcloud pubsub topics update jobtrail-dataproc --project=trail --no-message-storage-policy-enforce-in-transit',
    ],
    [
      'the topic takes messages from a bucket',
      changed('topics', 'dataproc', { ingestionDataSourceSettings: { cloudStorage: { bucket: 'b' } } }),
      'wrong subscriptions:topic-ingests jobtrail-dataproc: its topic jobtrail-dataproc takes messages from elsewhere: any record could be forged there → gcloud pubsub topics update jobtrail-dataproc --project=trail --clear-ingestion-data-source-settings',
    ],
    [
      'the subscription exports',
      changed('subscriptions', 'dataproc', { bigqueryConfig: { table: 'a.b.c' } }),
      'wrong subscriptions:exports jobtrail-dataproc: ',
    ],
    [
      'the subscription is detached',
      changed('subscriptions', 'dataproc', { detached: true }),
      'wrong subscriptions:detached jobtrail-dataproc: it is detached from its topic: nothing arrives → gcloud pubsub subscriptions delete jobtrail-dataproc --project=trail && terraform apply && gcloud pubsub subscriptions seek jobtrail-dataproc --project=trail --time=TIME',
    ],
    [
      'what keeps dead letters is removed one day',
      changed('subscriptions', 'dataproc-dead', { expirationPolicy: { ttl: '2678400s' } }),
      'wrong dead-letters:expires jobtrail-dataproc: jobtrail-dataproc-dead, which keeps its dead letters, is removed after 31 idle days → gcloud pubsub subscriptions update jobtrail-dataproc-dead --project=trail --expiration-period=never',
    ],
    [
      'dead letters are kept for a day',
      changed('subscriptions', 'dataproc-dead', { messageRetentionDuration: '86400s' }),
      'warning dead-letters:kept-short jobtrail-dataproc: jobtrail-dataproc-dead keeps its dead letters for 24 hours',
    ],
    [
      'no dead letters at all',
      changed('subscriptions', 'dataproc', { deadLetterPolicy: undefined }),
      'wrong dead-letters:none jobtrail-dataproc: it has no dead-letter topic: a message that kills its instance is delivered until it expires → gcloud pubsub subscriptions update jobtrail-dataproc --project=trail --dead-letter-topic=projects/trail/topics/jobtrail-dataproc-dead --max-delivery-attempts=100',
    ],
  ])('%s', async (_, google, expected) => {
    expectOnly((await faults({ google })).texts, expected);
  });

  test('a dead-letter topic that does not exist', async () => {
    const { texts } = await faults({
      google: (healthy, project) => ({
        ...healthy,
        topics:
          healthy.topics?.filter(
            ({ name }) => name !== `projects/${project}/topics/jobtrail-dataproc-dead`,
          ) ?? [],
      }),
    });
    expectOnly(texts, 'wrong dead-letters:topic-missing jobtrail-dataproc: ');
  });

  test('the agent of another project is not the one that moves dead letters', async () => {
    const { texts } = await faults({
      google: withPolicy(
        'projects/trail/topics/jobtrail-dataproc-dead',
        grant('roles/pubsub.publisher', AGENT.replace(NUMBER, '43')),
      ),
    });
    expectOnly(
      texts,
      `wrong dead-letters:may-not-publish jobtrail-dataproc → jobtrail-dataproc-dead: the agent of Pub/Sub may not publish dead letters there → gcloud pubsub topics add-iam-policy-binding jobtrail-dataproc-dead --project=trail --member=${AGENT}`,
      'wrong publishers:account-publishes projects/trail/topics/jobtrail-dataproc-dead: serviceAccount:service-43@gcp-sa-pubsub.iam.gserviceaccount.com may publish',
    );
  });
});

describe('what may not be asked', () => {
  test('an API that is switched off, with the command that switches it on', async () => {
    const { code, texts } = await faults({
      google: (healthy) => ({
        ...healthy,
        refused: {
          [ORGANISATION]: [
            {
              reason: 'SERVICE_DISABLED',
              metadata: { service: 'logging.googleapis.com', consumer: 'projects/42' },
            },
          ],
        },
      }),
    });
    expect(code).toBe(4);
    expect(texts).toContain(
      'unasked sinks:api-off organizations/77: could not be checked: logging.googleapis.com is switched off in projects/42 → gcloud services enable logging.googleapis.com --project=42',
    );
    expect(texts.filter((text) => !text.startsWith('unasked'))).toEqual([]);
  });

  test('a project that a person’s requests may not count for', async () => {
    const { texts } = await faults({
      google: (healthy) => ({
        ...healthy,
        refused: {
          [ORGANISATION]: [{ reason: 'USER_PROJECT_DENIED', metadata: { consumer: 'projects/desk' } }],
        },
      }),
    });
    expect(texts).toContain(
      'unasked sinks:not-permitted organizations/77: could not be checked: needs serviceusage.services.use on projects/desk, which the requests count for → gcloud projects add-iam-policy-binding desk --member=user:YOU --role=roles/serviceusage.serviceUsageConsumer --condition=None',
    );
  });

  test('a topic’s policy: its source is not known, the others are', async () => {
    const { texts, lines } = await faults({
      google: (healthy, project) => ({
        ...healthy,
        refused: { [`projects/${project}/topics/jobtrail-istio`]: [] },
      }),
    });
    const needs = 'needs pubsub.topics.getIamPolicy on projects/trail';
    expectOnly(
      texts,
      `unasked sinks:not-permitted istio: organizations/77/sinks/jobtrail-istio by projects/trail/topics/jobtrail-istio: could not be checked: ${needs} → gcloud projects add-iam-policy-binding trail --member=user:YOU --role=roles/iam.securityReviewer --condition=None`,
      `unasked publishers:not-permitted projects/trail/topics/jobtrail-istio: could not be checked: ${needs}`,
    );
    expect(lines.filter(({ check, state }) => check === 'sinks' && state === 'ok')).toHaveLength(2);
  });

  test('the policy of a topic that is not there', async () => {
    const { texts } = await faults({
      google: (healthy, project) => {
        const { [`projects/${project}/topics/jobtrail-istio`]: _, ...policies } = healthy.policies;
        return { ...healthy, policies };
      },
    });
    const says = 'could not be checked: there is no projects/trail/topics/jobtrail-istio';
    expectOnly(
      texts,
      `unasked sinks:not-found istio: organizations/77/sinks/jobtrail-istio by projects/trail/topics/jobtrail-istio: ${says}`,
      `unasked publishers:not-found projects/trail/topics/jobtrail-istio: ${says}`,
    );
  });

  test('what is busy is asked again', async () => {
    const { texts } = await faults({ google: (healthy) => ({ ...healthy, busy: { times: 2 } }) });
    expect(texts).toEqual([]);
  });

  test('what is no project of Google Cloud is not asked for', async () => {
    const { texts } = await faults({
      config: CONFIG.replace('prod: [shop-prod]', 'prod: [shop-prod, databricks/1234567890]'),
    });
    expect(texts).toEqual([]);
  });
});

describe('the mesh', () => {
  test('sees connections only', async () => {
    expectOnly(
      (await faults({ rows: { mesh: { connection: true } } })).texts,
      'wrong evidence:connections-only prod-mesh (dataproc, dataflow, databricks): mesh tells the connection; it asks for the request, so every start is undetermined → kubectl apply --filename=FILE # TLS begun at an egress gateway: docs/doctor.md#mesh',
    );
  });

  test('has no mutual TLS', async () => {
    expectOnly(
      (await faults({ rows: { mesh: { named: false, plain: true } } })).texts,
      'wrong evidence:nameless istio/prod/server: 0 % of 1 records name who called; grade request → kubectl patch peerauthentication default --namespace=istio-system --type=merge \'--patch={"spec":{"mtls":{"mode":"STRICT"}}}\'',
    );
  });

  test('could have been written by anybody', async () => {
    expectOnly(
      (await faults({ rows: { mesh: { provenance: 'tenant' } } })).texts,
      'wrong evidence:undeclared-project istio/(undeclared): 1 record of mesh-prod, not in meshProjects: anybody could have written them',
      'wrong evidence:hop-silent prod-mesh (dataproc, dataflow, databricks): asks for a record of the mesh, and none that counts came',
    );
  });
});

describe('the command line', () => {
  test('says of a broken deployment what docs/doctor.md shows', async () => {
    const observer = `${ORGANISATION}/roles/observer`;
    const bindings = [
      { role: 'roles/logging.logWriter', members: ['group:mesh-admins@example.com'] },
      { role: observer, members: ['serviceAccount:agent@mesh-prod.iam.gserviceaccount.com'] },
    ];
    const text = await run({
      text: true,
      google: (healthy, project) => ({
        ...withPolicy('projects/mesh-prod', { bindings })(
          changedSink({ filter: 'protoPayload.methodName:"SubmitJob"' })(healthy, project),
          project,
        ),
        refused: { [observer]: [] },
      }),
    });
    expect(text.code).toBe(4);
    const lines = shown(text).split('\n');
    const bad = lines.filter(
      (line, at) => !line.startsWith('ok ') || lines[at + 1]?.startsWith(' ') === true,
    );
    expect(bad.join('\n')).toBe(shownInDocs('broken'));
  });

  test('a project that is none is refused', async () => {
    const { code, err } = await run({ scopes: ['projects/a b'] });
    expect(code).toBe(2);
    expect(err).toContain('--scope takes organizations/NUMBER');
  });

  test('for people: codes, commands as they are to be typed, and a count', async () => {
    const member = `principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/subject/it's`;
    const { out, project } = await run({
      text: true,
      google: withPolicy(
        'projects/trail/topics/jobtrail-istio',
        grant('roles/pubsub.publisher', WRITER, member),
      ),
    });
    expect(out).toContain(
      `        → gcloud pubsub topics remove-iam-policy-binding jobtrail-istio --project=${project} '--member=${member.replace("'", `'"'"'`)}' --role=roles/pubsub.publisher\n`,
    );
    expect(out).toMatch(/^wrong {3}publishers:account-publishes {2}projects/m);
    expect(out).toMatch(/\n\d+ ok, 0 warnings, 1 wrong, 0 not known\n$/);
  });
});
