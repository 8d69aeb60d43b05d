/**
 * Who calls, as the audit log tells it: `AuthenticationInfo` in each of the forms that Cloud Audit Logs writes
 * (person, service account, impersonation chain, user-managed key, federated identity, GKE workload).
 */
import { ACCOUNTS, PROJECTS, TRUST_DOMAIN, WORKLOADS } from './company.ts';
import type { Workload } from './company.ts';
import type { Json } from './entry.ts';

export interface Caller {
  readonly authenticationInfo: Json;
  readonly ip: string;
  readonly userAgent: string;
  /** The workload whose proxy sees the call, where it goes through the mesh. */
  readonly workload?: Workload;
  /** Whose token of the login service the calls carry, which the egress gateway checks. */
  readonly signedIn?: string;
}

const GCLOUD =
  'google-cloud-sdk gcloud/548.0.0 command/gcloud.dataproc.jobs.submit invocation-id/4d1c environment/None environment-version/None client-os/LINUX client-os-ver/6.8 client-pltf-arch/x86_64 interactive/True from-script/False python/3.12.8 term/xterm-256color (Linux 6.8),gzip(gfe)';
const AIRFLOW =
  'airflow/3.1.3 gcloud-python/1.46.0 gl-python/3.12.8 grpc/1.76.0 gax/2.28.0 gapic/5.23.0,gzip(gfe)';
const PORTAL = 'gcloud-node/1.46.0 gl-node/24.11.0 gccl/5.4.0 acme-job-portal/3.18.2,gzip(gfe)';
const AGENT = 'gcloud-python/1.46.0 gl-python/3.13.1 acme-agent-runtime/0.9.4,gzip(gfe)';
const NOTEBOOK = 'gcloud-python/1.46.0 gl-python/3.12.8 jupyter-client/8.6.3,gzip(gfe)';
const TERRAFORM =
  'google-api-go-client/0.5 Terraform/1.13.4 (+https://www.terraform.io) Terraform-Plugin-SDK/2.38.1 terraform-provider-google/7.11.0,gzip(gfe)';

const person = (name: string): Json => ({
  principalEmail: `${name}@example.com`,
  principalSubject: `user:${name}@example.com`,
});
const serviceAccount = (email: string): Json => ({
  principalEmail: email,
  principalSubject: `serviceAccount:${email}`,
});
/** GKE identities keep the legacy member form in audit records. */
const gkeSubject = (workload: Workload): string =>
  `serviceAccount:${TRUST_DOMAIN}[${workload.namespace}/${workload.serviceAccount}]`;

/** A person at a laptop: no workload, hence no mesh entry. */
export const atLaptop = (name: string, ip: string): Caller => ({
  authenticationInfo: person(name),
  ip,
  userAgent: GCLOUD,
});
/** A person in the job portal: the portal calls with the person's own token. */
const inPortal = (name: string): Caller => ({
  authenticationInfo: person(name),
  ip: WORKLOADS.portal.ip,
  userAgent: PORTAL,
  workload: WORKLOADS.portal,
  signedIn: name,
});

export const CALLERS = {
  scheduler: {
    authenticationInfo: serviceAccount(ACCOUNTS.scheduler),
    ip: WORKLOADS.scheduler.ip,
    userAgent: AIRFLOW,
    workload: WORKLOADS.scheduler,
  },
  ana: inPortal('ana'),
  ben: inPortal('ben'),
  emeka: inPortal('emeka'),
  farah: inPortal('farah'),
  ivo: inPortal('ivo'),
  anaAtLaptop: atLaptop('ana', '198.51.100.17'),
  goranAtLaptop: atLaptop('goran', '198.51.100.44'),
  ivoAtLaptop: atLaptop('ivo', '203.0.113.90'),
  hana: {
    authenticationInfo: person('hana'),
    ip: WORKLOADS.notebooks.ip,
    userAgent: NOTEBOOK,
    workload: WORKLOADS.notebooks,
    signedIn: 'hana',
  },
  /** The scheduler's credential in somebody's notebook: the mesh knows the pod by its certificate, the API the token. */
  schedulerInNotebook: {
    authenticationInfo: serviceAccount(ACCOUNTS.scheduler),
    ip: WORKLOADS.notebooks.ip,
    userAgent: NOTEBOOK,
    workload: WORKLOADS.notebooks,
  },
  /** Ana started the agent; the agent's account was reached through two hops. */
  pricingAgentForAna: {
    authenticationInfo: {
      ...serviceAccount(ACCOUNTS.pricingAgent),
      serviceAccountDelegationInfo: [
        {
          principalSubject: 'user:ana@example.com',
          firstPartyPrincipal: { principalEmail: 'ana@example.com' },
        },
        { principalSubject: gkeSubject(WORKLOADS.pricingAgent) },
      ],
    },
    ip: WORKLOADS.pricingAgent.ip,
    userAgent: AGENT,
    workload: WORKLOADS.pricingAgent,
  },
  /** Nobody asked: the agent works by its own schedule, and the entry shows a link without saying who. */
  catalogAgent: {
    authenticationInfo: {
      ...serviceAccount(ACCOUNTS.catalogAgent),
      serviceAccountDelegationInfo: [{}],
    },
    ip: WORKLOADS.catalogAgent.ip,
    userAgent: AGENT,
    workload: WORKLOADS.catalogAgent,
  },
  /** `gcloud --impersonate-service-account`, around the mesh. */
  benAsBreakGlass: {
    authenticationInfo: {
      ...serviceAccount(ACCOUNTS.breakGlass),
      serviceAccountDelegationInfo: [
        {
          principalSubject: 'user:ben@example.com',
          firstPartyPrincipal: { principalEmail: 'ben@example.com' },
        },
      ],
    },
    ip: '198.51.100.61',
    userAgent: GCLOUD,
  },
  /** A downloaded key, used from outside. */
  partnerSync: {
    authenticationInfo: {
      ...serviceAccount(ACCOUNTS.partnerSync),
      serviceAccountKeyName: `//iam.googleapis.com/projects/${PROJECTS.prod.id}/serviceAccounts/${ACCOUNTS.partnerSync}/keys/8c1f0a7be2d94536a0f7c2b1d3e4f5a6b7c8d9e0`,
    },
    ip: '203.0.113.25',
    userAgent: 'gcloud-java/2.60.0 gl-java/21.0.5,gzip(gfe)',
  },
  /** GitHub Actions through workload identity federation: there is no e-mail. */
  github: {
    authenticationInfo: {
      principalSubject: `principal://iam.googleapis.com/projects/${PROJECTS.mesh.number}/locations/global/workloadIdentityPools/github/subject/repo:acme-example/data-jobs:ref:refs/heads/main`,
    },
    ip: '192.0.2.77',
    userAgent: GCLOUD,
  },
  deployer: {
    authenticationInfo: serviceAccount(ACCOUNTS.deployer),
    ip: 'gce-internal-ip',
    userAgent: TERRAFORM,
  },
  flexLauncher: {
    authenticationInfo: serviceAccount(ACCOUNTS.flexLauncher),
    ip: 'private',
    userAgent: 'Apache_Beam_SDK_for_Java/2.69.0(JRE_17_environment),gzip(gfe)',
  },
} as const satisfies Record<string, Caller>;
export type CallerName = keyof typeof CALLERS;

/** Google's own agent acting for the service: private address, no client. */
export const serviceAgent = (email: string): Caller => ({
  authenticationInfo: serviceAccount(email),
  ip: 'private',
  userAgent: 'stubby_client,gzip(gfe)',
});
