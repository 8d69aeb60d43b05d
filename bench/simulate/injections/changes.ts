/** Changes of what decides over access, outside the way that changes take; and what was done under them. */
import { authorizationPolicy, kubernetesCall, projectGrant } from '../formats/control.ts';
import { instantiateTemplate } from '../formats/dataproc.ts';
import { deployment } from '../formats/records.ts';
import { CI, REGION, TRUST_DOMAIN, type Project } from '../organisation/organisation.ts';
import { templateUpdate } from '../normal.ts';
import { callerOf, hops, targetOf, work, type Start } from '../scene.ts';
import { MINUTE, type Json } from '../told.ts';
import { inMesh, nth, type InjectionKind } from './kind.ts';

const RULE = 'change-without-deploy-record';

const allowing = (principals: readonly string[]): Json => ({
  action: 'ALLOW',
  rules: [{ from: [{ source: { principals: [...principals] } }] }],
});

const nameOf = ({ id }: Project, template: string): string =>
  `projects/${id}/regions/${REGION}/workflowTemplates/${template}`;

export const CHANGE_KINDS: readonly InjectionKind[] = [
  {
    rule: RULE,
    variant: 'mesh-policy-by-ci-without-record',
    tell: ({ random }, at) => ({
      told: [
        authorizationPolicy(random, {
          at,
          caller: callerOf(CI),
          verb: 'patch',
          name: `inline-${random.base36(8)}`,
          generation: 9,
          spec: { action: 'ALLOW', rules: [{ from: [{ source: { namespaces: ['team-2'] } }] }] },
        }),
      ],
      subject: CI.mail,
    }),
  },
  {
    rule: RULE,
    variant: 'grant-by-ci-without-record',
    tell: ({ random, org }, at) => ({
      told: [
        // Not where recorded deployments grant: of two grants in one project a record does not tell which it is of.
        projectGrant(random, at, callerOf(CI), random.pick(org.projects.slice(1)), {
          role: 'roles/dataproc.admin',
          member: `user:${random.pick(org.people).mail}`,
        }),
      ],
      subject: CI.mail,
    }),
  },
  {
    rule: RULE,
    variant: 'template-by-ci-with-unproven-record',
    tell: (scene, at) => {
      const name = `unproven-${scene.random.base36(8)}`;
      const project = scene.random.pick(scene.org.projects);
      return {
        told: [
          templateUpdate(scene, at, CI, project, name),
          deployment(
            scene.random,
            at + 2 * MINUTE,
            'prod',
            [{ uri: nameOf(project, name), content: name }],
            false,
          ),
        ],
        subject: CI.mail,
      };
    },
  },
  {
    rule: 'used-under-undeclared-policy',
    variant: 'let-in-and-reverted',
    explains: [RULE, 'mesh-policy-inline-edit'],
    tell: (scene, at, n) => {
      const { random, org } = scene;
      const by = nth(org.guests, n);
      const editor = nth(org.people, n);
      const name = `egress-${random.base36(8)}`;
      const { workload } = by;
      if (workload === undefined) throw new Error('a service of the mesh has a workload');
      const own = `${TRUST_DOMAIN}/ns/team-0/sa/nobody`;
      const let_ = `${TRUST_DOMAIN}/ns/${workload.namespace}/sa/${workload.account}`;
      const policy = (when: number, generation: number, principals: readonly string[], person: boolean) =>
        authorizationPolicy(random, {
          at: when,
          caller: callerOf(person ? editor : CI),
          verb: generation === 1 ? 'create' : 'patch',
          name,
          generation,
          spec: allowing(principals),
        });
      const start: Start = {
        at: at + 2 * MINUTE,
        engine: 'batch',
        name: `run-${random.base36(10)}`,
        by,
        cluster: random.pick(org.clusters),
        script: 'gs://sim-code/adhoc/query.py',
        keyed: true,
        requestId: random.uuid(),
      };
      return {
        told: [
          policy(at - 60 * MINUTE, 1, [own], false),
          deployment(random, at - 61 * MINUTE, 'platform', [
            {
              uri: `security.istio.io/v1/namespaces/istio-egress/authorizationpolicies/${name}`,
              content: name,
            },
          ]),
          policy(at, 2, [own, let_], true),
          ...hops(scene, {
            at: start.at - 400,
            by,
            way: 'mesh',
            target: targetOf(start),
            requestId: start.requestId,
          }),
          ...work(scene, start, { minutes: 5 }).told,
          policy(at + 5 * MINUTE, 3, [own], true),
        ],
        subject: by.mail,
        job: true,
      };
    },
  },
  {
    rule: 'planted-template-started',
    variant: 'by-the-scheduler',
    explains: [RULE, 'job-template-or-schedule-planted'],
    tell: (scene, at, n) => {
      const { random, org } = scene;
      const by = nth(inMesh(org), n);
      const editor = nth(org.people, n);
      const project = nth(org.projects, n);
      const template = `planted-${random.base36(8)}`;
      const start = at + random.int(3, 120) * MINUTE;
      return {
        told: [
          templateUpdate(scene, at, editor, project, template),
          ...hops(scene, {
            at: start - 400,
            by,
            way: 'mesh',
            target: { service: 'dataproc', uri: `/v1/${nameOf(project, template)}:instantiate` },
            requestId: random.uuid(),
          }),
          ...instantiateTemplate(random, { at: start, caller: callerOf(by) }, project, template),
        ],
        subject: by.mail,
        job: true,
      };
    },
  },
  {
    rule: 'gke-sensitive-rbac-then-workload',
    variant: 'admin-of-istio-system',
    tell: ({ random, org }, at, n) => {
      const by = nth(org.people, n + 3);
      const binding = `let-me-${random.base36(6)}`;
      const role: Json = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'admin' };
      return {
        told: [
          kubernetesCall(random, {
            at,
            caller: callerOf(by),
            method: 'io.k8s.authorization.rbac.v1.rolebindings.create',
            resourceName: `rbac.authorization.k8s.io/v1/namespaces/istio-system/rolebindings/${binding}`,
            request: {
              '@type': 'rbac.authorization.k8s.io/v1.RoleBinding',
              apiVersion: 'rbac.authorization.k8s.io/v1',
              kind: 'RoleBinding',
              metadata: { name: binding, namespace: 'istio-system' },
              roleRef: role,
              subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: by.mail }],
            },
          }),
          kubernetesCall(random, {
            at: at + random.int(1, 50) * MINUTE,
            caller: callerOf(by),
            method: 'io.k8s.apps.v1.deployments.patch',
            resourceName: 'apps/v1/namespaces/istio-system/deployments/istiod',
            request: {
              '@type': 'k8s.io/Patch',
              spec: {
                template: { spec: { containers: [{ name: 'discovery', image: 'example.com/istiod:dev' }] } },
              },
            },
          }),
        ],
        subject: by.mail,
      };
    },
  },
];
