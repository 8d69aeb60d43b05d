/** Sinks: what is taken from whom, that it arrives, and that the pipeline does not feed on itself. */
import * as z from 'zod';
import type { Deployed, Rule } from './deployed.ts';
import { running } from './running.ts';

const Sink = z.object({
  destination: z.string(),
  filter: z.string().nullable(),
  writer_identity: z.string(),
  include_children: z.boolean().optional(),
  intercept_children: z.boolean().optional(),
  unique_writer_identity: z.boolean().optional(),
  exclusions: z.array(z.object({ filter: z.string(), disabled: z.boolean() })),
});
const KINDS = [
  'google_logging_organization_sink',
  'google_logging_folder_sink',
  'google_logging_project_sink',
];
const Grant = z.object({ topic: z.string(), role: z.string(), member: z.string() });
const Audit = z.object({
  audit_log_config: z.array(
    z.object({ log_type: z.string(), exempted_members: z.array(z.string()).nullable() }),
  ),
});

/** Accounts that the code runs as. */
export const runtimeAccounts = (deployed: Deployed): string[] =>
  running(deployed).map(({ member }) => member.replace(/^serviceAccount:/, ''));

/** Each commit is an entry in Spanner's Data Access log: stored, it is a commit again. */
export const ownEntries: Rule = (deployed) => {
  const accounts = runtimeAccounts(deployed);
  const fed = sinks(deployed).flatMap(({ address, exclusions }) => {
    const excluded = exclusions
      .filter((one) => !one.disabled)
      .map((one) => one.filter)
      .join('\n');
    return accounts
      .filter((account) => !excluded.includes(`"${account}"`))
      .map((account) => `${address} does not exclude what ${account} does: it would feed on itself`);
  });
  const audits = [
    'google_organization_iam_audit_config',
    'google_folder_iam_audit_config',
    'google_project_iam_audit_config',
  ];
  const logged = audits
    .flatMap((type) => deployed.all(type, Audit))
    .flatMap(({ address, audit_log_config }) =>
      audit_log_config
        .filter((config) => config.log_type !== 'ADMIN_READ')
        .flatMap(({ log_type, exempted_members }) =>
          accounts
            .filter((account) => !(exempted_members ?? []).includes(`serviceAccount:${account}`))
            .map((account) => `${address}: ${log_type} logs what the pipeline's ${account} does`),
        ),
    );
  return [...fed, ...logged];
};

export const whole: Rule = (deployed) =>
  sinks(deployed).flatMap(({ address, filter, writer_identity, destination, ...sink }) => {
    const topic = destination.split('/').at(-1);
    const mayWrite = deployed
      .all('google_pubsub_topic_iam_member', Grant)
      .some(
        (grant) =>
          grant.topic === topic &&
          grant.member === writer_identity &&
          grant.role === 'roles/pubsub.publisher',
      );
    return [
      ...(sink.include_children === false ? [`${address} takes nothing from the projects below`] : []),
      ...(sink.intercept_children === true ? [`${address} takes entries away from the sinks below`] : []),
      ...(sink.unique_writer_identity === false
        ? [`${address} writes as an account that all projects share`]
        : []),
      ...(mayWrite
        ? []
        : [`${address}: ${writer_identity} may not publish to ${topic ?? 'it'}, entries are dropped`]),
      ...(filter === null || filter.trim() === '' ? [`${address} has no filter: it takes everything`] : []),
      ...(/methodName/i.test(filter ?? '')
        ? [`${address} filters by method: an unknown method would not arrive`]
        : []),
    ];
  });

function sinks(deployed: Deployed): (z.infer<typeof Sink> & { readonly address: string })[] {
  return KINDS.flatMap((kind) => deployed.all(kind, Sink));
}
