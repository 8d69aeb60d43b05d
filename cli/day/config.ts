/** What the company declares about itself: the configuration under which its day is read. */
import type { Config } from '../../schemas/config.ts';
import { ACCOUNTS, PROJECTS, WORKLOADS, spiffe } from './company.ts';

/** Validated by the reader of configurations like any other. */
export const companyConfig = {
  version: 1,
  environments: {
    prod: [PROJECTS.prod.id, PROJECTS.prod.number],
    staging: [PROJECTS.staging.id, PROJECTS.staging.number],
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
  ],
  agents: [
    { principal: ACCOUNTS.pricingAgent, owner: 'ana@example.com' },
    { principal: ACCOUNTS.catalogAgent, owner: 'chiara@example.com' },
  ],
  meshProjects: [PROJECTS.mesh.id],
  retentionDays: { access: 30, job: 400, control: 400, quarantine: 30 },
} as const satisfies Partial<Config> | { readonly [K in keyof Config]?: DeepReadonly<Config[K]> };

type DeepReadonly<T> = { readonly [K in keyof T]: DeepReadonly<T[K]> };
