/** What each identity needs for its work: without one of these grants nothing is refused at the apply, and nothing works after it. */
import * as z from 'zod';
import type { Rule } from './deployed.ts';
import { Function, running } from './running.ts';

const Invoker = z.object({ name: z.string(), role: z.string(), member: z.string() });
const Caller = z.object({ service_account_email: z.string(), audience: z.string().nullable() });
const Push = z.object({
  push_config: z.array(z.object({ push_endpoint: z.string(), oidc_token: z.array(Caller) })),
});
const Schedule = z.object({
  paused: z.boolean().nullable().optional(),
  http_target: z.array(z.object({ uri: z.string(), oidc_token: z.array(Caller) })),
});
const OnDatabase = z.object({
  database: z.string(),
  role: z.string(),
  member: z.string(),
  condition: z.array(z.object({ expression: z.string() })),
});
const OnTopic = z.object({ topic: z.string(), role: z.string(), member: z.string() });
const OnSubscription = z.object({ subscription: z.string(), role: z.string(), member: z.string() });
const OnSecret = z.object({ secret_id: z.string(), role: z.string(), member: z.string() });

/** Whoever calls a function signs in for that very function, and may invoke it. */
export const callers: Rule = (deployed) => {
  const functions = deployed
    .all('google_cloudfunctions2_function', Function)
    .flatMap(({ name, service_config }) => service_config.map(({ uri }) => ({ name, uri })));
  const invokers = deployed.all('google_cloud_run_v2_service_iam_member', Invoker);
  // A module without functions calls those of another.
  if (functions.length === 0) return [];
  const calls = [
    ...deployed
      .all('google_pubsub_subscription', Push)
      .flatMap(({ address, push_config }) =>
        push_config.flatMap(({ push_endpoint, oidc_token }) =>
          oidc_token.map((token) => ({ address, to: push_endpoint, ...token })),
        ),
      ),
    ...deployed
      .all('google_cloud_scheduler_job', Schedule)
      .flatMap(({ address, http_target }) =>
        http_target.flatMap(({ uri, oidc_token }) =>
          oidc_token.map((token) => ({ address, to: uri, ...token })),
        ),
      ),
  ];
  return calls.flatMap(({ address, to, service_account_email, audience }) => {
    const called = functions.find(({ uri }) => to.startsWith(uri));
    if (called === undefined) return [`${address} calls ${to}, where no function is`];
    const open = invokers.some((one) => one.name === called.name && one.member === 'allUsers');
    const may = invokers.some(
      (one) =>
        one.name === called.name &&
        one.role === 'roles/run.invoker' &&
        one.member === `serviceAccount:${service_account_email}`,
    );
    return [
      ...(may ? [] : [`${address}: ${service_account_email} may not invoke ${called.name}`]),
      // One that lets anybody in checks the token itself, for an audience that both are told.
      ...(open || audience === called.uri
        ? []
        : [`${address} signs in for ${audience ?? 'nothing'} at ${called.name}, which is ${called.uri}`]),
    ];
  });
};

/** What calls functions by the clock does. */
export const schedules: Rule = (deployed) => {
  const jobs = deployed.all('google_cloud_scheduler_job', Schedule);
  return [
    ...jobs.flatMap(({ address, paused, http_target }) => [
      ...(paused === true ? [`${address} is paused`] : []),
      ...(http_target.every(({ oidc_token }) => oidc_token.length === 1)
        ? []
        : [`${address} calls without a token`]),
    ]),
    ...deployed
      .all('google_cloudfunctions2_function', Function)
      .filter(
        ({ name, service_config }) =>
          name === 'jobtrail-reconcile' &&
          !jobs.some((job) =>
            job.http_target.some(({ uri }) => service_config.some((config) => uri.startsWith(config.uri))),
          ),
      )
      .map(({ address }) => `nothing calls ${address}: what is missing is never found`),
  ];
};

const STORE = /\/databases\/([^/]+)(?:\/databaseRoles\/([^/]+))?$/;

/** The database by one role of it, and by no other way. */
export const stores: Rule = (deployed) => {
  const grants = deployed.all('google_spanner_database_iam_member', OnDatabase);
  return running(deployed).flatMap(({ address, member, environment }) => {
    const store = environment.get('JOBTRAIL_STORE');
    if (store === undefined) return [];
    const [, database, role] = STORE.exec(store) ?? [];
    if (role === undefined) return [`${address} asks for no database role: it would need the whole database`];
    const own = grants.filter((one) => one.database === database && one.member === member);
    const conditions = own
      .filter((one) => one.role === 'roles/spanner.databaseRoleUser')
      .map((one) => one.condition.map(({ expression }) => expression).join());
    return [
      ...(own.some((one) => one.role === 'roles/spanner.fineGrainedAccessUser')
        ? []
        : [`${address}: ${member} may not use fine-grained access`]),
      ...(conditions.some((condition) => condition.includes(`endsWith("/${role}")`))
        ? []
        : [`${address}: ${member} may not use the database role ${role}`]),
      ...(conditions.every((condition) => condition.includes(`endsWith("/${role}")`))
        ? []
        : [`${address}: ${member} may use other database roles than ${role}`]),
    ];
  });
};

/** Topics that are published to, subscriptions that are pulled. */
export const messages: Rule = (deployed) => {
  const publishers = deployed.all('google_pubsub_topic_iam_member', OnTopic);
  const subscribers = deployed.all('google_pubsub_subscription_iam_member', OnSubscription);
  const last = (name: string | undefined): string | undefined => name?.split('/').at(-1);
  return running(deployed).flatMap(({ address, member, environment }) => {
    const findings = last(environment.get('JOBTRAIL_FINDINGS_TOPIC'));
    const pulled = last(environment.get('JOBTRAIL_SUBSCRIPTION'));
    const publishes = publishers.some(
      (one) => last(one.topic) === findings && one.member === member && one.role === 'roles/pubsub.publisher',
    );
    const pulls = subscribers.some(
      (one) =>
        last(one.subscription) === pulled && one.member === member && one.role === 'roles/pubsub.subscriber',
    );
    return [
      ...(findings === undefined || publishes
        ? []
        : [
            `${address}: ${member} may not publish to ${findings}: findings wait for the sweep of each minute`,
          ]),
      ...(pulled === undefined || pulls ? [] : [`${address}: ${member} may not pull ${pulled}`]),
    ];
  });
};

export const secrets: Rule = (deployed) => {
  const grants = deployed.all('google_secret_manager_secret_iam_member', OnSecret);
  return deployed.all('google_cloudfunctions2_function', Function).flatMap(({ address, service_config }) =>
    service_config.flatMap((config) => {
      const member = `serviceAccount:${config.service_account_email}`;
      const may = new Set(
        grants
          .filter((one) => one.member === member && one.role === 'roles/secretmanager.secretAccessor')
          .map((one) => one.secret_id.split('/').at(-1)),
      );
      return [...config.secret_environment_variables, ...config.secret_volumes]
        .filter(({ secret }) => !may.has(secret.split('/').at(-1)))
        .map(({ secret }) => `${address}: ${member} may not read ${secret}`);
    }),
  );
};
