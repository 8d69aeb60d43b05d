/** `jobtrail doctor` on who could write what counts as evidence: by which role, at which level, under which condition. */
import { describe, expect, test } from 'vitest';
import { type Change, grant, withPolicy } from './doctor/changes.ts';
import { doctorWithin, expectOnly } from './doctor/harness.ts';
import { AGENT, CONFIG, ORGANISATION, WRITER } from './doctor/healthy.ts';

const { faults } = doctorWithin();

describe('who may publish', () => {
  const topic = 'projects/trail/topics/jobtrail-istio';
  const beside = (...members: string[]): Change =>
    withPolicy(topic, grant('roles/pubsub.publisher', WRITER, ...members));

  test.each([
    ['user:eve@example.com', 'wrong publishers:anybody-publishes'],
    ['group:all@example.com', 'wrong publishers:anybody-publishes'],
    ['allAuthenticatedUsers', 'wrong publishers:anybody-publishes'],
    ['serviceAccount:cloud-logs@system.gserviceaccount.com', 'wrong publishers:anybody-publishes'],
    ['serviceAccount:app@shop-prod.iam.gserviceaccount.com', 'wrong publishers:account-publishes'],
    // No agent of Google: a project's own account may bear such a name.
    ['serviceAccount:service-42@shop-prod.iam.gserviceaccount.com', 'wrong publishers:account-publishes'],
    ['serviceAccount:p9-1@gcp-sa-logging.iam.gserviceaccount.com', 'warning publishers:other-sink-publishes'],
  ])('%s', async (member, expected) => {
    const { texts } = await faults({ google: beside(member) });
    expectOnly(texts, expected);
    expect(texts[0]).toContain(
      `→ gcloud pubsub topics remove-iam-policy-binding jobtrail-istio --project=trail --member=${member} --role=roles/pubsub.publisher`,
    );
  });

  test('whom the configuration names may', async () => {
    const { texts, lines } = await faults({
      config: `${CONFIG}evidenceWriters: [changes@shop-prod.iam.gserviceaccount.com]\n`,
      google: (healthy, project) => ({
        ...beside('serviceAccount:changes@shop-prod.iam.gserviceaccount.com')(healthy, project),
      }),
    });
    expect(texts).toEqual([]);
    expect(lines.filter(({ check }) => check === 'publishers')).toHaveLength(7);
  });

  test('by a role of the project on all topics, and by an own role of the organisation', async () => {
    const { texts } = await faults({
      google: (healthy, project) => {
        const one = withPolicy('projects/trail', grant('roles/owner', 'group:admins@example.com'))(
          healthy,
          project,
        );
        const organisation = one.policies[ORGANISATION] ?? {};
        return {
          ...one,
          policies: {
            ...one.policies,
            [ORGANISATION]: {
              ...organisation,
              bindings: [
                {
                  role: `${ORGANISATION}/roles/messenger`,
                  members: ['serviceAccount:ci@ops.iam.gserviceaccount.com'],
                },
              ],
            },
          },
          roles: { ...one.roles, [`${ORGANISATION}/roles/messenger`]: ['pubsub.topics.publish'] },
        };
      },
    });
    expectOnly(
      texts,
      'wrong publishers:anybody-publishes projects/trail: group:admins@example.com may publish: any record could be forged (roles/owner on projects/trail)',
      'wrong publishers:account-publishes projects/trail: serviceAccount:ci@ops.iam.gserviceaccount.com may publish and is the writer of no sink of this source: any record could be forged (organizations/77/roles/messenger on organizations/77) → gcloud organizations remove-iam-policy-binding 77 --member=serviceAccount:ci@ops.iam.gserviceaccount.com --role=organizations/77/roles/messenger',
    );
  });

  test('whoever publishes dead letters has them read again', async () => {
    const { texts } = await faults({
      google: withPolicy(`${topic}-dead`, grant('roles/pubsub.publisher', AGENT, 'user:eve@example.com')),
    });
    expectOnly(
      texts,
      'wrong publishers:anybody-publishes projects/trail/topics/jobtrail-istio-dead: user:eve@example.com',
    );
  });
});

describe('who may write logs', () => {
  test('a condition does not hide a grant', async () => {
    const condition = { title: 'mesh', expression: 'resource.name.startsWith("x")' };
    const { texts } = await faults({
      google: withPolicy('projects/mesh-prod', {
        bindings: [{ role: 'roles/logging.logWriter', members: ['user:eve@example.com'], condition }],
      }),
    });
    expectOnly(
      texts,
      'wrong log-writers:people-write-logs projects/mesh-prod: user:eve@example.com may write log entries (roles/logging.logWriter on projects/mesh-prod, under the condition mesh: resource.name.startsWith("x")): records of the mesh could be invented → gcloud projects remove-iam-policy-binding mesh-prod --member=user:eve@example.com --role=roles/logging.logWriter --all',
    );
  });

  test('an own role that may not be looked up is told, with those who have it', async () => {
    const role = 'projects/mesh-prod/roles/observer';
    const { code, texts } = await faults({
      google: (healthy, project) => ({
        ...withPolicy('projects/mesh-prod', grant(role, 'group:all@example.com'))(healthy, project),
        refused: {
          [role]: [{ reason: 'IAM_PERMISSION_DENIED', metadata: { permission: 'iam.roles.get' } }],
        },
      }),
    });
    expect(code).toBe(4);
    expectOnly(
      texts,
      'unasked log-writers:not-permitted projects/mesh-prod: could not be checked: whether projects/mesh-prod/roles/observer of group:all@example.com gives logging.logEntries.create: needs iam.roles.get on projects/mesh-prod → gcloud projects add-iam-policy-binding mesh-prod --member=user:YOU --role=roles/iam.roleViewer --condition=None',
    );
  });

  test('an own role that was deleted gives nothing', async () => {
    const role = `${ORGANISATION}/roles/gone`;
    const { texts } = await faults({
      google: (healthy, project) => ({
        ...withPolicy('projects/mesh-prod', grant(role, 'group:all@example.com'))(healthy, project),
        roles: { ...healthy.roles, [role]: [] },
      }),
    });
    expect(texts).toEqual([]);
  });

  test('where IAM does not answer, known roles are known and others are not', async () => {
    const { texts } = await faults({
      google: (healthy, project) => {
        const bindings = [
          { role: 'roles/logging.logWriter', members: ['user:eve@example.com'] },
          { role: 'roles/aiplatform.user', members: ['serviceAccount:c@mesh-prod.iam.gserviceaccount.com'] },
        ];
        const one = withPolicy('projects/mesh-prod', { bindings })(healthy, project);
        const names = ['roles/logging.logWriter', 'roles/aiplatform.user'];
        return { ...one, refused: Object.fromEntries(names.map((name) => [name, []])) };
      },
    });
    expectOnly(
      texts,
      'unasked log-writers:not-permitted projects/mesh-prod: could not be checked: whether roles/aiplatform.user of serviceAccount:c@mesh-prod.iam.gserviceaccount.com gives logging.logEntries.create',
      'wrong log-writers:people-write-logs projects/mesh-prod: user:eve@example.com',
    );
  });
});
