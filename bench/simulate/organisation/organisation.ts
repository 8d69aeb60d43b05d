/**
 * The organisation whose logs are generated: who and what there is, as a function of its size and the seed. Everybody is at
 * example.com (RFC 2606), every address is from a documentation or private range.
 */
import type { Random } from '../random.ts';

export interface Size {
  readonly people: number;
  readonly services: number;
  readonly agents: number;
  /** Clusters of Dataproc, over the projects of production. */
  readonly clusters: number;
  /** Scheduled pipelines, each with declared inputs. */
  readonly pipelines: number;
  readonly projects: number;
  /** Identities that were in use once and then not for months: each is used again by one injection. */
  readonly dormant: number;
  readonly guests: number;
  /** Accounts that jobs of their own run under: each is misused by one injection. */
  readonly spareAccounts: number;
}

export interface Project {
  readonly id: string;
  readonly number: string;
}

/** A Deployment in the mesh. */
export interface Workload {
  readonly namespace: string;
  readonly account: string;
  readonly pod: string;
  readonly ip: string;
}

export interface Consumer {
  readonly id: string;
  readonly username: string;
  readonly credential: string;
}

/** How somebody's calls reach the job APIs. */
export type Way = 'gateway' | 'mesh' | 'gateway-in-mesh' | 'direct';

export interface Identity {
  /** Mail address of the person or account, as the audit log has it. */
  readonly mail: string;
  readonly kind: 'person' | 'service' | 'agent' | 'dormant' | 'break-glass' | 'deployer';
  readonly way: Way;
  readonly ip: string;
  readonly workload?: Workload;
  readonly consumer?: Consumer;
  /** On whose behalf agents act. */
  readonly owner?: string;
}

export interface Cluster {
  readonly name: string;
  readonly uuid: string;
  readonly project: Project;
  /** Account that its jobs run under. */
  readonly runAs: string;
  readonly startedMs: string;
  /** Runs little: most of the time none of its jobs is open. */
  readonly quiet: boolean;
}

export interface Pipeline {
  readonly name: string;
  readonly owner: Identity;
  readonly cluster: Cluster;
  readonly engine: 'dataproc' | 'batch' | 'dataflow';
  /** Prefixes of Cloud Storage and tables that it is declared to read. */
  readonly inputs: readonly string[];
  readonly output: string;
  readonly script: string;
}

export interface Organisation {
  readonly projects: readonly Project[];
  readonly people: readonly Identity[];
  /** Of the people: who may approve. */
  readonly approvers: readonly string[];
  readonly services: readonly Identity[];
  readonly agents: readonly Identity[];
  readonly dormant: readonly Identity[];
  /** Workloads of the mesh that have never started a job: each is let in by one injection. */
  readonly guests: readonly Identity[];
  readonly clusters: readonly Cluster[];
  readonly quiet: readonly Cluster[];
  readonly pipelines: readonly Pipeline[];
  readonly spareAccounts: readonly string[];
  readonly gateways: readonly string[];
}

export const REGION = 'europe-west1';
export const MESH: Project = { id: 'sim-mesh', number: '700000000001' };
export const TRUST_DOMAIN = `${MESH.id}.svc.id.goog`;
export const MESH_CLUSTER = 'mesh-euw1';
export const LOGIN = 'https://login.example.com';
export const WORKSPACE = '3b1d8a52-6c0f-4c57-9a7e-51f0c2d4e688';
/** Of Databricks. */
export const DATABRICKS = '3107224955600717';
export const CODE = 'gs://sim-code';

export const accountOf = (name: string, project: Project): string =>
  `${name}@${project.id}.iam.gserviceaccount.com`;

export const spiffe = ({ namespace, account }: Workload): string =>
  `spiffe://${TRUST_DOMAIN}/ns/${namespace}/sa/${account}`;

export const EGRESS: Workload = {
  namespace: 'istio-egress',
  account: 'istio-egressgateway',
  pod: 'istio-egressgateway-6b7d9c5f48-tq2mz',
  ip: '10.8.0.9',
};
export const KONG: Workload = {
  namespace: 'kong',
  account: 'kong-gateway',
  pod: 'kong-gateway-7c9f8d6b5-x8kqp',
  ip: '10.8.7.12',
};
export const CI: Identity = {
  mail: accountOf('deployer', MESH),
  kind: 'deployer',
  way: 'direct',
  ip: '10.8.9.4',
};
export const BREAK_GLASS: Identity = {
  mail: accountOf('break-glass', MESH),
  kind: 'break-glass',
  way: 'direct',
  ip: '198.51.100.61',
};

const padded = (value: number): string => String(value).padStart(3, '0');

function consumerOf(random: Random, username: string): Consumer {
  return { id: random.uuid(), username, credential: random.uuid() };
}

function workloadOf(random: Random, namespace: string, account: string, at: number): Workload {
  return {
    namespace,
    account,
    pod: `${account}-${random.hex(9)}-${random.base36(5)}`,
    ip: `10.8.${String(16 + (at >> 7))}.${String(2 + (at % 120))}`,
  };
}

export function organisation(random: Random, size: Size): Organisation {
  const own = random.fork('organisation');
  const projects = Array.from({ length: size.projects }, (_, i): Project => ({
    id: `sim-prod-${String(i + 1)}`,
    number: String(700_000_000_100 + i),
  }));
  const people = Array.from({ length: size.people }, (_, i): Identity => ({
    mail: `p${padded(i)}@example.com`,
    kind: 'person',
    way: 'gateway',
    ip: `198.51.100.${String(2 + (i % 250))}`,
  }));
  const services = Array.from({ length: size.services }, (_, i): Identity => {
    const name = `svc-${padded(i)}`;
    const inMesh = i % 2 === 0;
    return {
      mail: accountOf(name, MESH),
      kind: 'service',
      way: inMesh ? 'mesh' : 'gateway-in-mesh',
      workload: workloadOf(own, `team-${String(i % 7)}`, name, i),
      ip: `10.8.${String(16 + (i >> 7))}.${String(2 + (i % 120))}`,
      ...(inMesh ? {} : { consumer: consumerOf(own, name) }),
    };
  });
  const agents = Array.from({ length: size.agents }, (_, i): Identity => {
    const name = `agent-${padded(i)}`;
    return {
      mail: accountOf(name, MESH),
      kind: 'agent',
      way: 'gateway-in-mesh',
      workload: workloadOf(own, 'agents', name, 240 + i),
      ip: `10.8.40.${String(2 + (i % 250))}`,
      consumer: consumerOf(own, name),
      owner: people[i % people.length]?.mail ?? 'p000@example.com',
    };
  });
  const dormant = Array.from({ length: size.dormant }, (_, i): Identity => {
    const name = `dormant-${padded(i)}`;
    return {
      mail: accountOf(name, MESH),
      kind: 'dormant',
      way: 'gateway',
      ip: `192.0.2.${String(2 + (i % 250))}`,
      consumer: consumerOf(own, name),
    };
  });
  const guests = Array.from({ length: size.guests }, (_, i): Identity => {
    const name = `guest-${padded(i)}`;
    const workload = workloadOf(own, 'reporting', name, 600 + i);
    return { mail: accountOf(name, MESH), kind: 'service', way: 'mesh', workload, ip: workload.ip };
  });
  const all = Array.from({ length: size.clusters }, (_, i): Cluster => {
    const project = projects[i % projects.length] ?? MESH;
    const quiet = i % 3 === 2;
    return {
      name: `${quiet ? 'adhoc' : 'etl'}-${padded(i)}`,
      uuid: own.uuid(),
      project,
      runAs: accountOf(`run-${padded(i)}`, project),
      startedMs: `17900${own.digits(8)}`,
      quiet,
    };
  });
  const clusters = all.filter(({ quiet }) => !quiet);
  const pipelines = Array.from({ length: size.pipelines }, (_, i): Pipeline => {
    const name = `flow-${padded(i)}`;
    const cluster = clusters[i % clusters.length];
    const owner = services[i % services.length];
    if (cluster === undefined || owner === undefined) throw new Error('too small an organisation');
    return {
      name,
      owner,
      cluster,
      engine: i % 5 === 4 ? 'dataflow' : i % 5 >= 2 ? 'batch' : 'dataproc',
      inputs: [`gs://sim-landing/${name}`, `bigquery:${cluster.project.id}.sales.${name.replace('-', '_')}`],
      output: `gs://sim-curated/${name}`,
      script: `${CODE}/${name}/main.py`,
    };
  });
  return {
    projects,
    people,
    approvers: people.slice(0, Math.max(2, Math.floor(people.length / 5))).map(({ mail }) => mail),
    services,
    agents,
    dormant,
    guests,
    clusters,
    quiet: all.filter(({ quiet }) => quiet),
    pipelines,
    spareAccounts: Array.from({ length: size.spareAccounts }, (_, i) =>
      accountOf(`spare-${padded(i)}`, projects[i % projects.length] ?? MESH),
    ),
    gateways: ['edge-1', 'edge-2'],
  };
}

/** Through which of the gateway's clusters somebody comes: always the same. */
export function gatewayOf({ gateways }: Organisation, { mail }: Identity): string {
  let sum = 0;
  for (let i = 0; i < mail.length; i += 1) sum += mail.charCodeAt(i);
  return gateways[sum % gateways.length] ?? 'edge-1';
}
