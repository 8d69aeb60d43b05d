/** The code that is deployed: functions and workers, each with its identity and environment. */
import * as z from 'zod';
import type { Deployed } from './deployed.ts';

export const Function = z.object({
  name: z.string(),
  service_config: z.array(
    z.object({
      uri: z.string(),
      service_account_email: z.string(),
      environment_variables: z.record(z.string(), z.string()).nullable(),
      secret_environment_variables: z.array(z.object({ secret: z.string() })),
      secret_volumes: z.array(z.object({ secret: z.string() })),
    }),
  ),
});
const Pool = z.object({
  template: z.array(
    z.object({
      service_account: z.string(),
      containers: z.array(
        z.object({ env: z.array(z.object({ name: z.string(), value: z.string().nullable() })) }),
      ),
    }),
  ),
});

/** Code with an identity: a function, or a worker. */
export interface Running {
  readonly address: string;
  readonly member: string;
  readonly environment: ReadonlyMap<string, string>;
}

export function running(deployed: Deployed): Running[] {
  const functions = deployed
    .all('google_cloudfunctions2_function', Function)
    .flatMap(({ address, service_config }) =>
      service_config.map((config) => ({
        address,
        member: `serviceAccount:${config.service_account_email}`,
        environment: new Map(Object.entries(config.environment_variables ?? {})),
      })),
    );
  const workers = deployed.all('google_cloud_run_v2_worker_pool', Pool).flatMap(({ address, template }) =>
    template.map(({ service_account, containers }) => ({
      address,
      member: `serviceAccount:${service_account}`,
      environment: new Map(
        containers.flatMap(({ env }) => env.map(({ name, value }) => [name, value ?? ''] as const)),
      ),
    })),
  );
  return [...functions, ...workers];
}
