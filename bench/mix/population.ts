/** A few hundred of everything: who calls, from which workload, on which cluster. Names repeat as they do in real logs. */
import type { Caller } from '../../cli/day/callers.ts';
import { PROJECTS } from '../../cli/day/company.ts';
import type { Cluster, Project, Workload } from '../../cli/day/company.ts';
import type { Random } from '../../cli/day/random.ts';

const DOMAINS = [
  'orders',
  'pricing',
  'catalog',
  'search',
  'billing',
  'fraud',
  'ads',
  'crm',
  'web',
  'ml',
] as const;
const ROLES = ['api', 'worker', 'gateway', 'sync', 'indexer', 'scheduler', 'agent', 'exporter'] as const;
const AGENTS = [
  'google-cloud-sdk gcloud/548.0.0 command/gcloud.dataproc.jobs.submit environment/None client-os/LINUX client-os-ver/6.8 client-pltf-arch/x86_64 interactive/False from-script/True python/3.12.8 (Linux 6.8),gzip(gfe)',
  'airflow/3.1.3 gcloud-python/1.46.0 gl-python/3.12.8 grpc/1.76.0 gax/2.28.0 gapic/5.23.0,gzip(gfe)',
  'gcloud-java/2.60.0 gl-java/21.0.5,gzip(gfe)',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36,gzip(gfe)',
] as const;

export interface Population {
  readonly projects: readonly [Project, ...Project[]];
  readonly workloads: readonly [Workload, ...Workload[]];
  readonly callers: readonly [Caller, ...Caller[]];
  readonly clusters: readonly [Cluster, ...Cluster[]];
  /** Application ids of Databricks service principals. */
  readonly servicePrincipals: readonly [string, ...string[]];
}

function many<T>(count: number, make: (i: number) => T): [T, ...T[]] {
  return [make(0), ...Array.from({ length: count - 1 }, (_, i) => make(i + 1))];
}

function workload(i: number, random: Random): Workload {
  const domain = DOMAINS[i % DOMAINS.length] ?? 'orders';
  const role = ROLES[Math.floor(i / DOMAINS.length) % ROLES.length] ?? 'api';
  const name = `${domain}-${role}-${String(Math.floor(i / 80) + 1)}`;
  return {
    namespace: domain,
    serviceAccount: `${domain}-${role}`,
    name,
    pod: `${name}-${random.hex(10)}-${random.base36(5)}`,
    ip: `10.8.${String(i % 250)}.${String(random.int(2, 250))}`,
  };
}

/** Four service accounts to one person; one in ten acts through somebody else's token. */
function caller(i: number, random: Random, from: Workload): Caller {
  const person = i % 5 === 0;
  const email = person
    ? `user${String(i)}@example.com`
    : `${from.serviceAccount}@${PROJECTS.prod.id}.iam.gserviceaccount.com`;
  return {
    authenticationInfo: {
      principalEmail: email,
      principalSubject: `${person ? 'user' : 'serviceAccount'}:${email}`,
      ...(i % 10 === 3
        ? {
            serviceAccountDelegationInfo: [
              { firstPartyPrincipal: { principalEmail: `user${String(i % 40)}@example.com` } },
            ],
          }
        : {}),
    },
    ip: person ? `198.51.100.${String(i % 250)}` : from.ip,
    userAgent: random.pick(AGENTS),
    workload: from,
  };
}

export function population(random: Random): Population {
  const workloads = many(240, (i) => workload(i, random));
  return {
    projects: [PROJECTS.prod, PROJECTS.staging, PROJECTS.dev],
    workloads,
    callers: many(300, (i) => caller(i, random, workloads[(i * 7) % workloads.length] ?? workloads[0])),
    clusters: many(24, (i) => ({
      name: `${DOMAINS[i % DOMAINS.length] ?? 'orders'}-etl-${String(i)}`,
      uuid: random.uuid(),
      startedMs: random.digits(13),
    })),
    servicePrincipals: many(30, () => random.uuid()),
  };
}
