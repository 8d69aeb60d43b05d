/** What the company declares about itself: the configuration under which its day is read. */
import type * as z from 'zod';
import type { Config } from '../../schemas/config.ts';
import { AUDIENCE, CHANGES, KEYS, publicKey } from './approvals/signing.ts';
import { companyCorroboration } from './declared/corroboration.ts';
import { companyDeclared } from './declared/declared.ts';
import {
  ACCOUNTS,
  CONSUMERS,
  GATEWAY,
  GITHUB_ISSUER,
  LOGIN,
  PROJECTS,
  REPOSITORY,
  SERVICE_PRINCIPALS,
  WORKLOADS,
  WORKSPACES,
  spiffe,
} from './company.ts';

/** Canonical id of a consumer of the gateway. */
const consumer = ({ id }: { readonly id: string }): string =>
  `unknown:kong/${GATEWAY.workspace}:consumer/${id}`;
const databricks = (workspace: string): string => `databricks/${workspace}`;

/** People sign in to Databricks with the company's accounts. */
const onDatabricks = (name: string) => ({
  id: `databricks-${name}`,
  alias: `user:databricks:${name}@example.com`,
  principal: `${name}@example.com`,
  reason: 'single sign-on of the Databricks account',
});

/** Tokens of the login service, which the portal and notebooks hand on. */
const signedIn = (name: string) => ({
  id: `login-${name}`,
  alias: `${LOGIN}/${name}@example.com`,
  principal: `${name}@example.com`,
  reason: 'the login service signs in the company accounts',
});

/** Validated by the reader of configurations like any other. */
export const companyConfig = {
  version: 1,
  environments: {
    prod: [PROJECTS.prod.id, PROJECTS.prod.number, databricks(WORKSPACES.production)],
    staging: [PROJECTS.staging.id, PROJECTS.staging.number, databricks(WORKSPACES.staging)],
    training: [databricks(WORKSPACES.training)],
    dev: [PROJECTS.dev.id, PROJECTS.dev.number],
    platform: [PROJECTS.mesh.id, PROJECTS.mesh.number],
  },
  bindings: [
    {
      id: 'airflow-scheduler',
      alias: spiffe(WORKLOADS.scheduler),
      principal: ACCOUNTS.scheduler,
      reason: 'Workload Identity Federation for GKE, namespace airflow',
    },
    {
      id: 'job-portal',
      alias: spiffe(WORKLOADS.portal),
      principal: ACCOUNTS.portal,
      reason: 'Workload Identity Federation for GKE, namespace portal',
    },
    {
      id: 'pricing-agent',
      alias: spiffe(WORKLOADS.pricingAgent),
      principal: ACCOUNTS.pricingAgent,
      reason: 'Workload Identity Federation for GKE, namespace agents',
    },
    {
      id: 'catalog-agent',
      alias: spiffe(WORKLOADS.catalogAgent),
      principal: ACCOUNTS.catalogAgent,
      from: '2026-01-01T00:00:00Z',
      reason: 'Workload Identity Federation for GKE, namespace agents',
    },
    {
      id: 'gateway-pricing-agent',
      alias: consumer(CONSUMERS.pricingAgent),
      principal: ACCOUNTS.pricingAgent,
      reason: 'consumer pricing-agent of the gateway',
    },
    {
      id: 'gateway-catalog-agent',
      alias: consumer(CONSUMERS.catalogAgent),
      principal: ACCOUNTS.catalogAgent,
      reason: 'consumer catalog-agent of the gateway',
    },
    {
      id: 'gateway-partner-sync',
      alias: consumer(CONSUMERS.partnerSync),
      principal: ACCOUNTS.partnerSync,
      reason: 'consumer partner-sync of the gateway',
    },
    {
      id: 'login-pricing-agent',
      alias: `${LOGIN}/pricing-agent`,
      principal: ACCOUNTS.pricingAgent,
      reason: 'actor of exchanged tokens, client pricing-agent of the login service',
    },
    ...['ana', 'ben', 'emeka', 'farah', 'hana', 'ivo'].map(signedIn),
    {
      id: 'github-data-jobs',
      alias: `${GITHUB_ISSUER}/repo:${REPOSITORY}:ref:refs/heads/main`,
      principal: `principal://iam.googleapis.com/projects/${PROJECTS.mesh.number}/locations/global/workloadIdentityPools/github/subject/repo:${REPOSITORY}:ref:refs/heads/main`,
      reason: 'workload identity federation, pool github',
    },
    {
      id: 'databricks-airflow',
      alias: `service-account:databricks:${SERVICE_PRINCIPALS.airflow}`,
      principal: ACCOUNTS.scheduler,
      reason: 'service principal airflow',
    },
    {
      id: 'databricks-churn-trainer',
      alias: `service-account:databricks:${SERVICE_PRINCIPALS.churnTrainer}`,
      principal: ACCOUNTS.churnTrainer,
      reason: 'service principal churn-trainer',
    },
    ...['ana', 'ben', 'chiara', 'farah', 'goran', 'hana', 'ivo'].map(onDatabricks),
  ],
  agents: [
    { principal: ACCOUNTS.pricingAgent, owner: 'ana@example.com', lane: 'pricing' },
    { principal: ACCOUNTS.catalogAgent, owner: 'chiara@example.com', lane: 'catalog' },
  ],
  issuers: [
    {
      id: 'change-system',
      issuer: CHANGES,
      jwks: { keys: [publicKey(KEYS.changes)] },
      attests: ['approvals'],
      vouchesFor: 'others',
    },
    {
      id: 'ci',
      issuer: GITHUB_ISSUER,
      jwks: { keys: [publicKey(KEYS.ci)] },
      audience: AUDIENCE,
      attests: ['deployments'],
      claims: { repository: REPOSITORY, ref: 'refs/heads/main' },
    },
  ],
  ...companyDeclared,
  corroboration: companyCorroboration,
  meshProjects: [PROJECTS.mesh.id],
  retentionDays: { access: 30, data: 90, job: 400, control: 400, quarantine: 30 },
} as const satisfies DeepReadonly<z.input<typeof Config>>;

type DeepReadonly<T> = { readonly [K in keyof T]: DeepReadonly<T[K]> };
