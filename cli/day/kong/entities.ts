/** Entities of the gateway as its records repeat them: services with their routes, consumers. */
import { GATEWAY } from '../company.ts';
import type { Json } from '../entry.ts';

export interface Service {
  readonly id: string;
  readonly routeId: string;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Where the route begins; taken off before the request is sent on where `stripPath`. */
  readonly path: string;
  readonly stripPath: boolean;
  readonly address: string;
}

export const SERVICES = {
  dataproc: {
    id: 'fb4eecf8-dec2-40ef-b779-16de7e2384c7',
    routeId: '0f1a4101-3327-4274-b1e4-484a4ab0c030',
    name: 'dataproc',
    host: 'dataproc.googleapis.com',
    port: 443,
    path: '/dataproc',
    stripPath: true,
    address: '192.0.2.95',
  },
  dataflow: {
    id: '3a7f0d55-92c4-4a61-8e0b-c5d1f2a36e77',
    routeId: '77b0c2de-1f4e-4d39-9a86-2b5c8e9d0f11',
    name: 'dataflow',
    host: 'dataflow.googleapis.com',
    port: 443,
    path: '/dataflow',
    stripPath: true,
    address: '192.0.2.96',
  },
  /** Partners may ask where their data comes from. */
  lineage: {
    id: 'd90b6a13-48f2-4c7b-a5e1-7f3e9c2d6b88',
    routeId: 'e16d8f40-0c5a-4b92-8d37-a9f4c1b7e266',
    name: 'lineage',
    host: 'lineage-api.metadata.svc.cluster.local',
    port: 8080,
    path: '/v1',
    stripPath: false,
    address: '10.8.4.40',
  },
} as const satisfies Record<string, Service>;

/** Seconds, as Kong keeps the times of its entities. */
export const ENTITY_TIMES = { created_at: 1_767_262_459, updated_at: 1_781_782_477 } as const;

export const serviceEntity = (service: Service): Json => ({
  ...ENTITY_TIMES,
  id: service.id,
  name: service.name,
  host: service.host,
  port: service.port,
  protocol: service.port === 443 ? 'https' : 'http',
  enabled: true,
  retries: 5,
  connect_timeout: 60_000,
  read_timeout: 60_000,
  write_timeout: 60_000,
  ws_id: GATEWAY.workspace,
});

export interface Consumer {
  readonly id: string;
  readonly username: string;
}

export const consumerEntity = ({ id, username }: Consumer): Json => ({
  id,
  username,
  custom_id: `svc-${username}`,
  tags: ['data-jobs'],
  created_at: ENTITY_TIMES.created_at,
});
