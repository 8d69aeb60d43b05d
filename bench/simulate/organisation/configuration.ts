/** What the organisation declares about itself: jobtrail.yaml (JSON, which is YAML) and its Cedar policies. */
import { canaryPaths } from '../beats.ts';
import { PATH as DATABRICKS_PATH } from '../formats/databricks.ts';
import type { Json, JsonValue } from '../told.ts';
import {
  BREAK_GLASS,
  CI,
  DATABRICKS,
  KONG,
  LOGIN,
  MESH,
  spiffe,
  WORKSPACE,
  type Identity,
  type Organisation,
} from './organisation.ts';
import { AUDIENCE, CHANGES, CI_ISSUER, CI_SUBJECT, publicKey } from './signing.ts';

export interface Texts {
  readonly config: string;
  readonly policies: string;
}

const mails = (identities: readonly Identity[]): readonly string[] => identities.map(({ mail }) => mail);

function bindings(org: Organisation): readonly Json[] {
  const machines = [...org.services, ...org.agents, ...org.dormant, ...org.guests];
  return [
    ...machines.flatMap(({ mail, workload, consumer }): readonly Json[] => {
      const name = mail.slice(0, mail.indexOf('@'));
      return [
        ...(workload === undefined
          ? []
          : [{ id: `mesh-${name}`, alias: spiffe(workload), principal: mail, reason: 'workload identity' }]),
        ...(consumer === undefined
          ? []
          : [
              {
                id: `gateway-${name}`,
                alias: `unknown:kong/${WORKSPACE}:consumer/${consumer.id}`,
                principal: mail,
                reason: 'consumer of the gateway',
              },
            ]),
      ];
    }),
    ...org.agents.map(({ mail }): Json => {
      const name = mail.slice(0, mail.indexOf('@'));
      return { id: `login-${name}`, alias: `${LOGIN}/${name}`, principal: mail, reason: 'actor of tokens' };
    }),
    ...org.people.flatMap(({ mail }): readonly Json[] => {
      const name = mail.slice(0, mail.indexOf('@'));
      return [
        { id: `login-${name}`, alias: `${LOGIN}/${mail}`, principal: mail, reason: 'single sign-on' },
        {
          id: `databricks-${name}`,
          alias: `user:databricks:${mail}`,
          principal: mail,
          reason: 'single sign-on of Databricks',
        },
      ];
    }),
    { id: 'ci', alias: `${CI_ISSUER}/${CI_SUBJECT}`, principal: CI.mail, reason: 'the deploying workflow' },
  ];
}

function corroboration(org: Organisation, canarySeconds: number): Json {
  const byWay = (way: Identity['way'], ...of: readonly (readonly Identity[])[]): readonly string[] =>
    mails(of.flat().filter((one) => one.way === way));
  return {
    evidence: [
      { id: 'break-glass', principals: [BREAK_GLASS.mail, CI.mail], require: [] },
      { id: 'databricks', engines: ['databricks'], require: [] },
      {
        id: 'through-the-gateway',
        principals: [
          ...byWay('gateway', org.people, org.dormant),
          ...byWay('gateway-in-mesh', org.services, org.agents),
        ],
        require: ['gateway'],
      },
      { id: 'through-the-mesh', principals: byWay('mesh', org.services, org.guests), require: ['mesh'] },
    ],
    relays: [spiffe(KONG)],
    approvals: [
      {
        id: 'pushes-to-partners',
        actions: ['job.submit'],
        environments: ['prod'],
        jobs: ['push-*', 'glass-*'],
        approvers: [...org.approvers],
      },
    ],
    jobs: [
      ...org.pipelines.map(({ name, owner, inputs, script }): Json => ({
        id: name,
        names: [`${name}-*`],
        schedule: { principals: [owner.mail] },
        inputs: [...inputs.map((input) => `${input}*`), script, 'gs://dataproc-*'],
      })),
      {
        id: 'nightly-agents',
        names: ['nightly-*'],
        schedule: { principals: mails(org.agents) },
      },
      {
        id: 'by-hand',
        names: ['adhoc-*', 'agent-*', 'push-*', 'vault-*', 'glass-*'],
        inputs: ['gs://sim-curated/shared*', 'gs://sim-code/*', 'gs://dataproc-*'],
      },
      { id: 'services', names: ['burst-*', 'run-*'], schedule: { principals: mails(org.services) } },
    ],
    paths: [
      ...canaryPaths(org).map((path): Json => ({ path, canary: true, required: true })),
      { path: DATABRICKS_PATH },
      ...['approvals', 'deployments', 'observed'].map((path) => ({ path })),
    ],
    canarySeconds,
    deployRecords: 'required',
  };
}

export function configuration(org: Organisation, canarySeconds: number): Texts {
  const config: Json = {
    version: 1,
    environments: {
      prod: [...org.projects.flatMap(({ id, number }) => [id, number]), `databricks/${DATABRICKS}`],
      platform: [MESH.id, MESH.number],
    },
    bindings: bindings(org),
    agents: org.agents.map(({ mail, owner }): Json => ({ principal: mail, owner: owner ?? '', lane: 'any' })),
    lanes: { any: { actions: ['*'] } },
    groups: {
      people: mails(org.people),
      machines: mails([...org.services, ...org.dormant]),
      agents: mails(org.agents),
    },
    issuers: [
      {
        id: 'change-system',
        issuer: CHANGES,
        jwks: { keys: [publicKey('changes')] },
        attests: ['approvals'],
        vouchesFor: 'others',
      },
      {
        id: 'ci',
        issuer: CI_ISSUER,
        jwks: { keys: [publicKey('ci')] },
        audience: AUDIENCE,
        attests: ['deployments'],
      },
    ],
    meshProjects: [MESH.id],
    deployers: [CI.mail],
    trustedCode: ['gs://sim-code/*'],
    organisation: { projects: [], buckets: ['sim-*', 'dataproc-*'], domains: ['example.com'], ids: [] },
    runtimeAccounts: {
      prod: [...[...org.clusters, ...org.quiet].map(({ runAs }) => runAs), ...org.spareAccounts],
    },
    workers: ['10.132.0.0/16'],
    egress: { addresses: ['10.8.0.0/16', '198.51.100.0/24', '192.0.2.0/24'], networks: [] },
    delegations: [...org.agents, BREAK_GLASS].flatMap(({ mail }): readonly JsonValue[] =>
      org.people.map((person) => [person.mail, mail]),
    ),
    corroboration: corroboration(org, canarySeconds),
    observe: { metrics: [MESH.id] },
  };
  return { config: JSON.stringify(config), policies: POLICIES };
}

/**
 * Everybody runs what is theirs and reads what is theirs; jobs for vaults need a signed approval of somebody else, which may
 * come later. Nobody is declared to take whole databases.
 */
const POLICIES = `
@id("everybody-submits-jobs")
permit (
  principal,
  action == Jobtrail::Action::"job.submit",
  resource in Jobtrail::Environment::"prod"
)
unless { resource has name && resource.name like "*/vault-*" };

@id("vaults-with-approval")
permit (
  principal,
  action == Jobtrail::Action::"job.submit",
  resource in Jobtrail::Environment::"prod"
)
when {
  resource has name && resource.name like "*/vault-*" &&
  context has approval && context.approval.signed && !context.approval.selfApproved
};

@id("work-goes-on")
permit (
  principal,
  action in [
    Jobtrail::Action::"job.start", Jobtrail::Action::"job.cancel", Jobtrail::Action::"workflow",
    Jobtrail::Action::"session", Jobtrail::Action::"cluster"
  ],
  resource in Jobtrail::Environment::"prod"
);

@id("data-but-whole-databases")
permit (
  principal,
  action in Jobtrail::Action::"data",
  resource in Jobtrail::Environment::"prod"
)
unless { resource has name && resource.name like "spanner:*payments*" };
`;
