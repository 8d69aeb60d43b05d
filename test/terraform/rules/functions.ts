/** Functions: reached by what should reach them, each as itself, with requests that share commits. */
import * as z from 'zod';
import type { Deployed, Rule } from './deployed.ts';

const Function = z.object({
  name: z.string(),
  build_config: z.array(z.object({ runtime: z.string(), service_account: z.string().nullable() })),
  service_config: z.array(
    z.object({
      uri: z.string(),
      available_cpu: z.string(),
      timeout_seconds: z.number(),
      max_instance_count: z.number(),
      max_instance_request_concurrency: z.number(),
      ingress_settings: z.string(),
      service_account_email: z.string(),
    }),
  ),
});
const Group = z.object({ cloud_run: z.array(z.object({ service: z.string() })) });
const Push = z.object({
  ack_deadline_seconds: z.number(),
  push_config: z.array(z.object({ push_endpoint: z.string() })),
});
const Invoker = z.object({ name: z.string(), role: z.string(), member: z.string() });

interface Served {
  readonly address: string;
  readonly name: string;
  readonly config: z.infer<typeof Function>['service_config'][number];
}

function served(deployed: Deployed): Served[] {
  return deployed
    .all('google_cloudfunctions2_function', Function)
    .flatMap(({ address, name, service_config }) =>
      service_config.map((config) => ({ address, name, config })),
    );
}

export const pushed: Rule = (deployed) => {
  const pushes = deployed.all('google_pubsub_subscription', Push);
  return served(deployed).flatMap(({ address, config }) => {
    const subscriptions = pushes.filter((one) =>
      one.push_config.some((push) => push.push_endpoint.startsWith(config.uri)),
    );
    if (subscriptions.length === 0) return [];
    return [
      ...(config.max_instance_request_concurrency > 1
        ? []
        : [
            `${address} is pushed to with concurrency 1: each message needs an instance and a commit of its own`,
          ]),
      ...(config.max_instance_request_concurrency > 1 && Number(config.available_cpu) < 1
        ? [`${address} has concurrency above 1 with less than one vCPU, which is refused`]
        : []),
      ...subscriptions
        .filter((one) => one.ack_deadline_seconds <= config.timeout_seconds)
        .map(
          (one) =>
            `${one.address} delivers again after ${one.ack_deadline_seconds} s what ${address} may still be at`,
        ),
    ];
  });
};

export const reached: Rule = (deployed) => {
  const balanced = new Set(
    deployed
      .all('google_compute_region_network_endpoint_group', Group)
      .flatMap((one) => one.cloud_run.map((run) => run.service)),
  );
  const open = deployed
    .all('google_cloud_run_v2_service_iam_member', Invoker)
    .filter((one) => one.member === 'allUsers' || one.member === 'allAuthenticatedUsers');
  return served(deployed).flatMap(({ address, name, config }) => {
    const anybody = open.some((one) => one.name === name);
    const internal = config.ingress_settings === 'ALLOW_INTERNAL_ONLY';
    const behindBalancer = config.ingress_settings === 'ALLOW_INTERNAL_AND_GCLB' && balanced.has(name);
    return [
      ...(internal || behindBalancer
        ? []
        : [`${address} is reached from outside: ingress ${config.ingress_settings}`]),
      ...(anybody && !behindBalancer
        ? [`${address} may be called by anybody, and is not behind the load balancer`]
        : []),
    ];
  });
};

export const itself: Rule = (deployed) => {
  const functions = served(deployed);
  return functions.flatMap(({ address, config }) =>
    functions.some(
      (other) =>
        other.address !== address && other.config.service_account_email === config.service_account_email,
    )
      ? [`${address} shares its account ${config.service_account_email} with another function`]
      : [],
  );
};
