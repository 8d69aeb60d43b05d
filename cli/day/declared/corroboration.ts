/** What must be told by more than one record of the company's day, what needs a second person, and how often each source speaks. */
import type * as z from 'zod';
import type { Corroboration } from '../../../schemas/corroboration.ts';
import { CANARY_MINUTES, GATEWAY_PATH, LOGGED_PATHS, MESH_PATHS } from '../canaries.ts';
import { ACCOUNTS, PROJECTS, REPOSITORY, WORKSPACES } from '../company.ts';

const github = `principal://iam.googleapis.com/projects/${PROJECTS.mesh.number}/locations/global/workloadIdentityPools/github/subject/repo:${REPOSITORY}:ref:refs/heads/main`;

/** Sources that say nothing for hours, and have no canary. */
const seldom = (path: string, hours: number) => ({ path, everySeconds: hours * 3600 });

export const companyCorroboration = {
  evidence: [
    // A workspace is called by its own address, and its audit log alone tells of it.
    { id: 'databricks-has-no-hop', engines: ['databricks'], require: [] },
    // Machines that Google starts for a template, and the pipeline that builds the platform, call from inside Google.
    {
      id: 'inside-google',
      principals: [ACCOUNTS.flexLauncher, ACCOUNTS.deployer, ACCOUNTS.workflows],
      require: [],
    },
    { id: 'partner-and-ci', principals: [ACCOUNTS.partnerSync, github], require: ['gateway'] },
    { id: 'pricing-agent', principals: [ACCOUNTS.pricingAgent], require: ['gateway', 'mesh'] },
    { id: 'on-call-around-the-mesh', principals: ['goran@example.com'], require: [] },
    { id: 'everybody-else', environments: ['prod', 'staging'], require: ['mesh'] },
  ],
  approvals: [
    {
      id: 'pushes-to-the-partner',
      actions: ['job.submit'],
      environments: ['prod'],
      datasets: ['gs://acme-partner-exchange/*'],
      // What it pushes every evening was reviewed as code.
      except: [ACCOUNTS.partnerSync],
      approvers: ['chiara@example.com', 'farah@example.com'],
    },
  ],
  jobs: [
    {
      id: 'catalog-dedup',
      names: ['agent-catalog-dedup-*'],
      schedule: { principals: [ACCOUNTS.catalogAgent] },
      sponsor: 'chiara@example.com',
    },
  ],
  paths: [
    { path: GATEWAY_PATH, required: true, canary: true },
    ...MESH_PATHS.map((path) => ({ path, required: true, canary: true })),
    ...LOGGED_PATHS.map((path) => ({ path, required: true, canary: true })),
    ...['bigquery', 'storage', 'spanner', 'iam', 'platform', 'openlineage'].map((path) => seldom(path, 24)),
    ...['pubsub', 'logging', 'kubernetes', 'approvals', 'deployments', 'observed'].map((path) =>
      seldom(path, 24),
    ),
    ...Object.values(WORKSPACES).map((workspace) => seldom(`databricks/${workspace}`, 24)),
  ],
  canarySeconds: CANARY_MINUTES * 60,
} as const satisfies DeepReadonly<z.input<typeof Corroboration>>;

type DeepReadonly<T> = { readonly [K in keyof T]: DeepReadonly<T[K]> };
