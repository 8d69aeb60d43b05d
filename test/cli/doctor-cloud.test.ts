/** `jobtrail doctor` over what Google's APIs tell: grants, sinks, audit configuration, who may write logs. */
import { expect, test } from 'vitest';
import { describeWithEmulators } from '../support/emulators.ts';
import type { Google, Sink } from './doctor/google.ts';
import { doctorOn, expectOnly } from './doctor/harness.ts';
import { ORGANISATION } from './doctor/healthy.ts';

describeWithEmulators('jobtrail doctor: Google Cloud', ['spanner', 'pubsub'], (hosts) => {
  const { faults } = doctorOn(hosts);

  const changedSink = (change: Partial<Sink>) => (healthy: Google) => ({
    ...healthy,
    sinks: {
      [ORGANISATION]: (healthy.sinks[ORGANISATION] ?? []).map((sink) =>
        sink.name === 'jobtrail-dataproc' ? { ...sink, ...change } : sink,
      ),
    },
  });

  const withPolicy = (resource: string, policy: Google['policies'][string]) => (healthy: Google) => ({
    ...healthy,
    policies: { ...healthy.policies, [resource]: policy },
  });

  test('9: the agent of Pub/Sub may not move dead letters', async () => {
    const { texts } = await faults({
      google: (healthy, project) => ({
        ...healthy,
        policies: {
          ...healthy.policies,
          [`projects/${project}/topics/jobtrail-dataproc-dead`]: {},
          [`projects/${project}/subscriptions/jobtrail-dataproc`]: {},
        },
      }),
    });
    expectOnly(
      texts,
      '→ gcloud pubsub topics add-iam-policy-binding jobtrail-dataproc-dead --project=trail --member=serviceAccount:service-PROJECT_NUMBER@gcp-sa-pubsub.iam.gserviceaccount.com --role=roles/pubsub.publisher',
      '→ gcloud pubsub subscriptions add-iam-policy-binding jobtrail-dataproc --project=trail',
    );
  }, 240_000);

  test('10: a sink by method, one that is gone, a disabled one, one whose writer may not publish', async () => {
    const byMethod = 'protoPayload.methodName="google.cloud.dataproc.v1.JobController.SubmitJob"';
    const narrow = await faults({ google: changedSink({ filter: byMethod }) });
    expect(narrow.texts).toHaveLength(1);
    expect(narrow.texts[0]).toMatch(
      /^wrong sinks dataproc: organizations\/77\/sinks\/jobtrail-dataproc: it loses .*dataproc/,
    );
    expect(narrow.texts[0]).toContain(
      '→ gcloud logging sinks update jobtrail-dataproc --organization=77 --log-filter=',
    );
    const gone = await faults({
      google: changedSink({ destination: 'pubsub.googleapis.com/projects/x/topics/y' }),
    });
    expectOnly(
      gone.texts,
      'wrong sinks dataproc: no sink of organizations/77 sends to projects/trail/topics/jobtrail-dataproc',
    );
    const other = {
      disabled: true,
      includeChildren: false,
      writerIdentity: 'serviceAccount:other@example.com',
    };
    const several = await faults({ google: changedSink(other) });
    expectOnly(
      several.texts,
      'it is disabled → gcloud logging sinks update jobtrail-dataproc --organization=77 --no-disabled',
      'it takes no entries of child projects',
      'its writer serviceAccount:other@example.com may not publish to projects/trail/topics/jobtrail-dataproc',
    );
  }, 240_000);

  test('11: a sink that feeds on itself, and a filter that cannot be read', async () => {
    expectOnly(
      (await faults({ google: changedSink({ filter: '' }) })).texts,
      'it feeds on itself: lines of functions, commits of functions of the pipeline pass it',
    );
    const unread = await faults({ google: changedSink({ filter: 'protoPayload.serviceName=(' }) });
    expect(unread.texts).toHaveLength(1);
    expect(unread.texts[0]).toContain('wrong sinks dataproc');
  }, 240_000);

  test('12: data access logs off, and somebody exempted', async () => {
    const off = await faults({ google: withPolicy(ORGANISATION, {}) });
    expect(off.code).toBe(4);
    expect(off.texts).toContain(
      'wrong audit projects/shop-prod: off for iam.googleapis.com: ADMIN_READ, DATA_READ; nothing tells of tokens minted by impersonation → terraform apply -var \'data_access_logs={parent="projects/shop-prod"}\'',
    );
    const exempting = [
      {
        service: 'allServices',
        auditLogConfigs: [{ logType: 'DATA_READ', exemptedMembers: ['user:eve@example.com'] }],
      },
    ];
    const { code, texts } = await faults({
      google: withPolicy('projects/shop-prod', { auditConfigs: exempting }),
    });
    expect(code).toBe(0);
    expectOnly(texts, 'warning audit projects/shop-prod: not logged: user:eve@example.com');
  }, 240_000);

  test('13: people who may write what counts as evidence', async () => {
    const bindings = [
      {
        role: 'roles/logging.logWriter',
        members: ['user:eve@example.com', 'serviceAccount:nodes@mesh-prod.iam.gserviceaccount.com'],
      },
      { role: 'roles/editor', members: ['serviceAccount:1-compute@developer.gserviceaccount.com'] },
    ];
    const { code, texts } = await faults({ google: withPolicy('projects/mesh-prod', { bindings }) });
    expect(code).toBe(4);
    expectOnly(
      texts,
      'wrong log-writers projects/mesh-prod: user:eve@example.com may write log entries (roles/logging.logWriter on projects/mesh-prod): records of the mesh could be invented → gcloud projects remove-iam-policy-binding mesh-prod --member=user:eve@example.com --role=roles/logging.logWriter',
      'warning log-writers projects/mesh-prod: serviceAccount:1-compute@developer.gserviceaccount.com: may write log entries by the basic role',
    );
  }, 240_000);

  test('16: what may not be asked is not ok', async () => {
    const { code, texts } = await faults({
      google: (healthy) => ({
        ...healthy,
        refused: [ORGANISATION, 'projects/shop-prod', 'projects/mesh-prod'],
      }),
    });
    expect(code).toBe(4);
    expect(texts.map((text) => text.split(' ').slice(0, 2).join(' '))).toEqual(
      expect.arrayContaining(['unasked sinks', 'unasked audit', 'unasked log-writers']),
    );
    expect(texts.filter((text) => !text.startsWith('unasked'))).toEqual([]);
    expect(texts.join('\n')).toContain('--role=roles/logging.viewer');
  }, 240_000);
});
