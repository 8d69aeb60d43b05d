/** What the company declares of its own: who is who, whose code runs, what may go where. Part of its configuration. */
import type * as z from 'zod';
import type { Declared } from '../../../schemas/declared.ts';
import { ACCOUNTS, PROJECTS, REPOSITORY, workAccount } from '../company.ts';

const UNTIL = '2027-06-30T00:00:00Z';
const PLATFORM = 'platform@example.com';

/** Accounts of the platform's project that serve the data projects. */
const serving = (id: string, principal: string, to: string, actions: string[]) => ({
  id: `${id}-in-${to}`,
  principal,
  from: 'platform',
  to,
  actions,
  owner: PLATFORM,
  reason: 'runs the data projects from the platform project',
  until: UNTIL,
});

const EVERYTHING = ['*'];

export const companyDeclared = {
  lanes: {
    pricing: {
      actions: ['api.call', 'job.*', 'data.*', 'credential.mint'],
      environments: ['prod', 'platform'],
      hours: { from: 5, until: 24 },
    },
    catalog: {
      actions: ['api.call', 'job.*', 'data.*', 'credential.mint'],
      environments: ['prod', 'platform'],
    },
  },
  groups: {
    schedulers: [ACCOUNTS.scheduler, ACCOUNTS.workflows],
    analysts: [
      'ana@example.com',
      'ben@example.com',
      'emeka@example.com',
      'farah@example.com',
      'hana@example.com',
    ],
    'on-call': ['goran@example.com'],
    partners: [ACCOUNTS.partnerSync],
  },
  organisation: {
    projects: [],
    buckets: ['acme-*', 'dataproc-staging-*', 'dataproc-temp-*', 'dataflow-staging-*'],
    domains: ['example.com'],
    ids: [],
  },
  datasets: [
    { match: 'gs://acme-curated/customers*', classification: 'restricted', owner: 'farah@example.com' },
    { match: 'gs://acme-partner-exchange/*', classification: 'confidential', owner: 'chiara@example.com' },
  ],
  trustedCode: [
    'gs://acme-code/*',
    'gs://acme-templates/*',
    'gs://dataflow-templates-europe-west1/*',
    'europe-docker.pkg.dev/acme-data/*',
  ],
  // The mesh's pods, which call through its egress gateway, and the gateway itself.
  egress: { addresses: ['10.8.0.0/16'], networks: [] },
  deployers: [
    ACCOUNTS.deployer,
    `principal://iam.googleapis.com/projects/${PROJECTS.mesh.number}/locations/global/workloadIdentityPools/github/subject/repo:${REPOSITORY}:ref:refs/heads/main`,
  ],
  runtimeAccounts: {
    prod: [workAccount(PROJECTS.prod), ACCOUNTS.dataflowWorker, ACCOUNTS.churnTrainer, ACCOUNTS.workflows],
    staging: [workAccount(PROJECTS.staging)],
    dev: [workAccount(PROJECTS.dev)],
  },
  delegations: [
    ['ana@example.com', ACCOUNTS.pricingAgent],
    [`serviceAccount:${PROJECTS.mesh.id}.svc.id.goog[agents/pricing-agent]`, ACCOUNTS.pricingAgent],
  ],
  crossEnvironment: [
    ...['prod', 'staging', 'dev', 'training'].flatMap((to) => [
      serving('scheduler', ACCOUNTS.scheduler, to, EVERYTHING),
      serving('deployer', ACCOUNTS.deployer, to, EVERYTHING),
    ]),
    serving('pricing-agent', ACCOUNTS.pricingAgent, 'prod', EVERYTHING),
    serving('catalog-agent', ACCOUNTS.catalogAgent, 'prod', EVERYTHING),
    ...['prod', 'staging', 'dev'].map((to) => serving('portal', ACCOUNTS.portal, to, EVERYTHING)),
    {
      id: 'churn-trainer-in-training',
      principal: ACCOUNTS.churnTrainer,
      from: 'prod',
      to: 'training',
      actions: ['credential.mint', 'model.*', 'data.*', 'job.*'],
      owner: 'ana@example.com',
      reason: 'models are trained with the account that serves them',
      until: UNTIL,
    },
  ],
  exemptions: [
    {
      id: 'flex-templates-launch-inside-google',
      rules: ['gateway-bypass-caller-network'],
      principals: [ACCOUNTS.flexLauncher],
      owner: PLATFORM,
      reason:
        'Flex Templates launch jobs from a machine of their own; the launch itself came through the mesh',
      until: UNTIL,
    },
    {
      id: 'catalog-agent-unnamed-link',
      rules: ['impersonation-chain-unapproved'],
      principals: [ACCOUNTS.catalogAgent],
      owner: 'chiara@example.com',
      reason: 'works by its own schedule; who lends the account is not recorded',
      until: UNTIL,
    },
    {
      id: 'partner-key-until-federation',
      rules: ['static-credential-on-job-path'],
      principals: [ACCOUNTS.partnerSync],
      owner: 'chiara@example.com',
      reason: 'the partner moves to workload identity federation in spring',
      until: '2027-03-31T00:00:00Z',
    },
  ],
} as const satisfies DeepReadonly<z.input<typeof Declared>>;

type DeepReadonly<T> = { readonly [K in keyof T]: DeepReadonly<T[K]> };
