/**
 * The invented company: its projects, clusters, people, service accounts and workloads. Everybody is at example.com
 * (RFC 2606) and every address is from a documentation or private range.
 */

export interface Project {
  readonly id: string;
  readonly number: string;
}

export const PROJECTS = {
  /** Fleet host: the GKE cluster, the mesh and its trust domain. */
  mesh: { id: 'acme-data', number: '410000000010' },
  prod: { id: 'acme-data-prod', number: '410000000021' },
  staging: { id: 'acme-data-staging', number: '410000000032' },
  dev: { id: 'acme-data-dev', number: '410000000043' },
  /** Declared in no environment. */
  labs: { id: 'acme-labs', number: '410000000054' },
} as const satisfies Record<string, Project>;
export type ProjectName = keyof typeof PROJECTS;

export const REGION = 'europe-west1';
export const TRUST_DOMAIN = 'acme-data.svc.id.goog';
export const GKE = { cluster: 'mesh-euw1', location: REGION, uid: `proj-${PROJECTS.mesh.number}` } as const;

/** A Deployment in the mesh. */
export interface Workload {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly name: string;
  readonly pod: string;
  readonly ip: string;
}

export const WORKLOADS = {
  scheduler: {
    namespace: 'airflow',
    serviceAccount: 'scheduler',
    name: 'airflow-scheduler',
    pod: 'airflow-scheduler-6d8f9c7b54-x2kqm',
    ip: '10.8.2.14',
  },
  portal: {
    namespace: 'portal',
    serviceAccount: 'job-portal',
    name: 'job-portal',
    pod: 'job-portal-7b9d5f6c88-9tzwl',
    ip: '10.8.3.21',
  },
  pricingAgent: {
    namespace: 'agents',
    serviceAccount: 'pricing-agent',
    name: 'pricing-agent',
    pod: 'pricing-agent-5c7d8b9f4d-hm6vz',
    ip: '10.8.5.7',
  },
  catalogAgent: {
    namespace: 'agents',
    serviceAccount: 'catalog-agent',
    name: 'catalog-agent',
    pod: 'catalog-agent-84f5b6d9c7-p4xjd',
    ip: '10.8.5.19',
  },
  notebooks: {
    namespace: 'notebooks',
    serviceAccount: 'notebook',
    name: 'jupyterhub-singleuser',
    pod: 'jupyter-hana-0',
    ip: '10.8.6.33',
  },
  egress: {
    namespace: 'istio-egress',
    serviceAccount: 'istio-egressgateway',
    name: 'istio-egressgateway',
    pod: 'istio-egressgateway-5f4b8d7c66-kq9vn',
    ip: '10.8.0.9',
  },
  kong: {
    namespace: 'kong',
    serviceAccount: 'kong-gateway',
    name: 'kong-gateway',
    pod: 'kong-gateway-5d8f7c9b6-x2x4z',
    ip: '10.8.7.12',
  },
  lineage: {
    namespace: 'metadata',
    serviceAccount: 'lineage-api',
    name: 'lineage-api',
    pod: 'lineage-api-66c9d4f7b8-wd2rt',
    ip: '10.8.4.40',
  },
} as const satisfies Record<string, Workload>;

export const spiffe = (workload: Workload): string =>
  `spiffe://${TRUST_DOMAIN}/ns/${workload.namespace}/sa/${workload.serviceAccount}`;

const account = (name: string, project: Project): string => `${name}@${project.id}.iam.gserviceaccount.com`;

export const ACCOUNTS = {
  scheduler: account('airflow-scheduler', PROJECTS.mesh),
  portal: account('job-portal', PROJECTS.mesh),
  pricingAgent: account('pricing-agent', PROJECTS.mesh),
  catalogAgent: account('catalog-agent', PROJECTS.mesh),
  deployer: account('terraform-deployer', PROJECTS.mesh),
  breakGlass: account('break-glass', PROJECTS.prod),
  partnerSync: account('partner-sync', PROJECTS.prod),
  flexLauncher: account('dataflow-launcher', PROJECTS.prod),
  dataflowWorker: account('dataflow-worker', PROJECTS.prod),
  /** What Databricks' compute in the company's project reads and writes Cloud Storage as. */
  databricksCompute: account('databricks-compute', PROJECTS.prod),
  churnTrainer: account('churn-trainer', PROJECTS.prod),
  workflows: account('month-end-flow', PROJECTS.prod),
} as const;

/** The account a data job of a project runs under. */
export const workAccount = (project: Project): string => account('data-jobs', project);
export const dataprocAgent = (project: Project): string =>
  `service-${project.number}@dataproc-accounts.iam.gserviceaccount.com`;

export interface Cluster {
  readonly name: string;
  readonly uuid: string;
  /** The number in application ids: when the resource manager started, epoch milliseconds. */
  readonly startedMs: string;
}

export const CLUSTERS = {
  prod: { name: 'etl-prod', uuid: '7f1c2c5e-0b9e-4c53-9a0e-3d1b6f2a8c11', startedMs: '1790000000101' },
  staging: { name: 'etl-staging', uuid: '2a6d90f4-5d3a-4a77-8e42-90b7c1d5e622', startedMs: '1790000000202' },
  dev: { name: 'sandbox-dev', uuid: 'c3b8e7d1-64f2-4f0b-b1d9-5e7a3c9f0833', startedMs: '1790000000303' },
  labs: { name: 'gpu-labs', uuid: '91e5a4b7-2c8d-4e61-a3f5-6b0d8c2e7944', startedMs: '1790000000404' },
} as const satisfies Partial<Record<ProjectName, Cluster>>;

/** The API gateway in front of the job APIs, for what calls them from outside the mesh and for agents. */
export const GATEWAY = {
  host: 'jobs.example.com',
  workspace: '1065b6d6-219f-4002-b3e9-334fc3eff46c',
  workspaceName: 'data-jobs',
  /** Konnect, where its configuration is kept. */
  organisation: 'b065b594-6afc-4658-9101-5d9cf3f36b7b',
} as const;

/** Its consumers, by the accounts they stand for. */
export const CONSUMERS = {
  pricingAgent: { id: '5d0c3f0a-4f6e-4b53-9d3c-2f1d0b7a9e11', username: 'pricing-agent' },
  catalogAgent: { id: '86a1d7c4-1b0e-4a0f-8f7d-51c2e9b40d22', username: 'catalog-agent' },
  partnerSync: { id: 'c2f47be9-7d35-4c7e-b0a8-9e63f1a25b33', username: 'partner-sync' },
  ci: { id: '1f98a0d2-33c6-4d8b-a4c9-7b05e6d81c44', username: 'github-data-jobs' },
} as const;

/** Who signs people in, and hands agents tokens that say for whom they work. */
export const LOGIN = 'https://login.example.com';
export const GITHUB_ISSUER = 'https://token.actions.githubusercontent.com';
export const REPOSITORY = 'acme-example/data-jobs';

/** Databricks workspaces, by environment; `account` is where what belongs to none is logged. */
export const WORKSPACES = {
  staging: '2907113845500113',
  training: '2907113845500212',
  production: '2907113845500327',
  account: '0',
} as const;
export type WorkspaceName = keyof typeof WORKSPACES;

/** Application ids of Databricks service principals. */
export const SERVICE_PRINCIPALS = {
  airflow: '4b1c7a90-5e2d-4f83-9a6b-0d7e3c5f1a55',
  churnTrainer: '9e03d6b8-2a41-4c95-b7f0-6c8d1e2f4b66',
} as const;

/** Namespace of Airflow's jobs in lineage events. */
export const AIRFLOW_NAMESPACE = 'airflow-prod';
