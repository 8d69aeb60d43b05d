/** Who may do what: no role that reaches over a whole project, and nothing that protects is off. */
import * as z from 'zod';
import type { Rule } from './deployed.ts';
import { runtimeAccounts } from './sinks.ts';

const Grant = z.object({ role: z.string(), member: z.string(), project: z.string().optional() });
const WIDE = ['google_project_iam_member', 'google_folder_iam_member', 'google_organization_iam_member'];
const BASIC_OR_ADMIN = /^roles\/(owner|editor|viewer)$|admin$/i;

export const narrow: Rule = (deployed) => {
  const own = new Set(
    deployed.all('google_pubsub_topic', z.object({ project: z.string() })).map((topic) => topic.project),
  );
  const runtime = new Set(runtimeAccounts(deployed).map((account) => `serviceAccount:${account}`));
  return WIDE.flatMap((type) => deployed.all(type, Grant)).flatMap(({ address, role, member, project }) => [
    ...(BASIC_OR_ADMIN.test(role) ? [`${address} gives ${member} ${role} over everything`] : []),
    ...(runtime.has(member) && project !== undefined && own.has(project) && role.startsWith('roles/spanner')
      ? [`${address} gives ${member} the database around its database role`]
      : []),
  ]);
};

export const protectedStores: Rule = (deployed) => [
  ...deployed
    .all(
      'google_spanner_database',
      z.object({ deletion_protection: z.boolean(), enable_drop_protection: z.boolean() }),
    )
    .filter((one) => !one.deletion_protection || !one.enable_drop_protection)
    .map(({ address }) => `${address} can be dropped`),
  ...deployed
    .all(
      'google_storage_bucket',
      z.object({ public_access_prevention: z.string(), uniform_bucket_level_access: z.boolean() }),
    )
    .filter((one) => one.public_access_prevention !== 'enforced' || !one.uniform_bucket_level_access)
    .map(({ address }) => `${address} can be made public`),
];
