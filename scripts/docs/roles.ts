/**
 * Who gets which role, read from the files of terraform/: what each function is for (functions.json), which role stands for each
 * of its grants (modules/function/identity.tf), and every other grant of the deployment.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { code, table } from './markdown.ts';

const FOLDER = join(import.meta.dirname, '../../terraform');
const OF_FUNCTION = 'modules/function/identity.tf';
/** Grants to the callers of functions; the table of others has them. */
const CALLERS = 'google_cloud_run_v2_service_iam_member.invoker';

const Catalogue = z.record(
  z.string(),
  z.strictObject({
    kind: z.enum(['log', 'topic', 'bucket', 'receiver', 'schedule', 'findings']),
    schedule: z.string().optional(),
    path: z.string().optional(),
    databaseRole: z.string().optional(),
    publishesFindings: z.boolean(),
    secrets: z.array(z.string()).optional(),
    projectRoles: z.record(z.string(), z.string()).optional(),
    bucketRole: z.string().optional(),
  }),
);
type Entry = z.infer<typeof Catalogue>[string];

interface Grant {
  readonly role: string;
  readonly on: string;
}

interface DeclaredGrant {
  /** As in `modules/source/main.tf`, below terraform/. */
  readonly file: string;
  /** As in `google_pubsub_topic_iam_member.dead_letters`. */
  readonly address: string;
  /** The expression, as it stands there: a role in quotes or where one is looked up. */
  readonly role: string;
  readonly member: string;
  /** The expression without which it does not hold; of what Terraform fills in the name alone, as in `NUMBER`. */
  readonly condition: string | undefined;
}

/** Roles of every function, by its name. */
export function functionGrants(): ReadonlyMap<string, readonly Grant[]> {
  const catalogue = Catalogue.parse(JSON.parse(readFileSync(join(FOLDER, 'functions.json'), 'utf8')));
  const roles = new Map(
    declaredGrants()
      .filter(({ file }) => file === OF_FUNCTION)
      .map(({ address, role }) => [address, role.replaceAll('"', '')]),
  );
  const roleOf = (address: string): string => {
    const role = roles.get(address);
    if (role === undefined) throw new Error(`${OF_FUNCTION} has no ${address}.`);
    return role;
  };
  return new Map(Object.entries(catalogue).map(([name, entry]) => [name, grantsOf(entry, roleOf)]));
}

function grantsOf(entry: Entry, roleOf: (address: string) => string): readonly Grant[] {
  const { databaseRole, publishesFindings, secrets = [], projectRoles = {}, bucketRole } = entry;
  return [
    ...(databaseRole === undefined
      ? []
      : [
          { role: roleOf('google_spanner_database_iam_member.access'), on: 'the database' },
          {
            role: roleOf('google_spanner_database_iam_member.role'),
            on: `the database, for ${code(databaseRole)} alone`,
          },
        ]),
    ...(publishesFindings
      ? [{ role: roleOf('google_pubsub_topic_iam_member.findings'), on: 'the findings topic' }]
      : []),
    ...(secrets.length === 0
      ? []
      : [
          {
            role: roleOf('google_secret_manager_secret_iam_member.reader'),
            on: `the secrets: ${secrets.map((name) => (/^[A-Z_]+$/.test(name) ? code(name) : name)).join(', ')}`,
          },
        ]),
    ...Object.entries(projectRoles).map(([list, role]) => ({
      role,
      on: `the projects named in ${listOf(list)}`,
    })),
    ...(bucketRole === undefined ? [] : [{ role: bucketRole, on: 'the buckets of its deliveries' }]),
  ];
}

const LISTS: Readonly<Record<string, string>> = {
  canary: '`canary.projects`',
  dataproc: '`observe.dataproc`',
  dataflow: '`observe.dataflow`',
  metrics: '`observe.metrics`',
  lookUp: '`look_up`',
};

function listOf(name: string): string {
  const variable = LISTS[name];
  if (variable === undefined) throw new Error(`functions.json: no variable lists the projects of ${name}.`);
  return variable;
}

const GRANT = /^resource "(google_\w+_iam_member)" "(\w+)" \{\n([\s\S]*?)\n\}/gm;

/** Every grant that a file of the deployment makes, in the order of the files. Examples make none. */
export function declaredGrants(): readonly DeclaredGrant[] {
  const files = globSync(['*.tf', 'modules/*/*.tf', 'examples/*/*.tf'], { cwd: FOLDER }).toSorted();
  return files.flatMap((file) =>
    Array.from(readFileSync(join(FOLDER, file), 'utf8').matchAll(GRANT), ([, type, name, body = '']) => ({
      file,
      address: `${type}.${name}`,
      role: argument(body, 'role'),
      member: argument(body, 'member'),
      condition: conditionOf(body),
    })),
  );
}

function argument(body: string, name: string): string {
  const value = new RegExp(`^  ${name}\\s*=\\s*(.+)$`, 'm').exec(body)?.[1];
  if (value === undefined) throw new Error(`A grant has no ${name}:\n${body}`);
  return value;
}

function conditionOf(body: string): string | undefined {
  const block = /^  condition \{\n([\s\S]*?)\n  \}/m.exec(body)?.[1];
  if (block === undefined) return undefined;
  const expression = /^ +expression += "(.+)"$/m.exec(block)?.[1];
  if (expression === undefined) throw new Error(`A condition has no expression:\n${body}`);
  return expression
    .replaceAll('\\"', '"')
    .replaceAll(/\$\{[\w.]*?(\w+)\}/g, (_, name: string) => name.toUpperCase());
}

/** Who a grant outside of the functions' own is to, and on what: a new one is added here. */
/** Who has a database role of their own. */
const PEOPLE = '`auditors`, `policy_admins`, `on_call`, `operators`';

const OTHERS: Readonly<Record<string, readonly [who: string, on: string]>> = {
  'google_project_iam_member.build_logs': [
    '`jobtrail-build`, which Cloud Build runs as',
    'the project of the pipeline',
  ],
  'google_project_iam_member.build_images': ['`jobtrail-build`', 'the project of the pipeline'],
  'google_project_iam_member.build_sources': ['`jobtrail-build`', 'the project of the pipeline'],
  'google_kms_crypto_key_iam_member.agents': [
    'Google’s agents of Pub/Sub, Spanner and Cloud Storage',
    'keys of your own',
  ],
  'google_kms_crypto_key_iam_member.signers': ['who signs checkpoints', 'the signing key'],
  'google_kms_crypto_key_iam_member.auditors': ['`auditors`', 'the signing key'],
  'google_storage_bucket_iam_member.writers': ['who writes checkpoints', 'the evidence bucket'],
  'google_storage_bucket_iam_member.auditors': ['`auditors`', 'the evidence bucket'],
  [CALLERS]: [
    '`jobtrail-push`, `jobtrail-scheduler`, `callers`; everybody, of what verifies its callers itself',
    'the function that is called',
  ],
  'google_pubsub_topic_iam_member.dead_letters': ['Google’s agent of Pub/Sub', 'dead-letter topics'],
  'google_pubsub_subscription_iam_member.dead_letters': [
    'Google’s agent of Pub/Sub',
    'subscriptions with dead letters',
  ],
  'google_pubsub_subscription_iam_member.worker': [
    'the function’s account, where its source is pulled',
    'its subscription',
  ],
  'google_pubsub_topic_iam_member.publishers': [
    '`publishers`; Google’s agent of Cloud Storage',
    'the topic of the source',
  ],
  'google_pubsub_topic_iam_member.sink_writers': ['writers of the sinks', 'the topic of the source'],
  'google_spanner_database_iam_member.people': [PEOPLE, 'the database'],
  'google_spanner_database_iam_member.people_role': [
    PEOPLE,
    'the database, for `jobtrail_auditor`, `jobtrail_policy`, `jobtrail_oncall` or `jobtrail_operator` alone',
  ],
};

const functionsTable = (): string =>
  table(
    ['function', 'role', 'on'],
    Array.from(functionGrants()).flatMap(([name, grants]) =>
      grants.map(({ role, on }, at) => [at === 0 ? code(name) : '', code(role), on]),
    ),
  );

function othersTable(): string {
  const declared = declaredGrants().filter(
    ({ file, address }) => file !== OF_FUNCTION || address === CALLERS,
  );
  const gone = Object.keys(OTHERS).filter((known) => !declared.some(({ address }) => address === known));
  if (gone.length > 0) throw new Error(`No file of terraform/ makes ${gone.join(', ')}.`);
  return table(
    ['who', 'role', 'on', 'made by'],
    declared.map(({ file, address, role, condition }) => {
      const about = OTHERS[address];
      if (about === undefined)
        throw new Error(`scripts/docs/roles.ts does not say who ${file} grants ${address}.`);
      const on = condition === undefined ? about[1] : `${about[1]}, where ${code(condition)}`;
      return [about[0], code(role.replaceAll('"', '')), on, code(`terraform/${file}`)];
    }),
  );
}

export const ROLE_PARTS: readonly (readonly [string, () => string])[] = [
  ['roles-functions', functionsTable],
  ['roles-others', othersTable],
];
