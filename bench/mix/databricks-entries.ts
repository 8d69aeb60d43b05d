/**
 * Lines of Databricks audit files, which reach the pipeline outside a LogEntry: runs of jobs, the queries and commands in
 * them, the tables and credentials they ask for. https://docs.databricks.com/gcp/en/admin/account-settings/audit-logs
 */
import type { Json } from '../../cli/day/entry.ts';
import type { Random } from '../../cli/day/random.ts';
import { bare, mark, recordText } from './fresh.ts';
import type { Population } from './population.ts';

const ACCOUNT = '7af234db-66d7-4db3-bbf0-956098224879';
const METASTORE = '11a7c5f2-8d0e-4e6f-9a57-6b6a7e1f0c33';
const WORKSPACES = ['4821734609921173', '4821734609921174', '4821734609921175'] as const;
const CLIENTS = [
  'databricks-sdk-py/0.71.0 python/3.12.8 os/linux auth/oauth-m2m',
  'Databricks-Runtime/17.3',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
] as const;

interface Said {
  readonly service: string;
  readonly action: string;
  readonly params: Json;
  readonly result?: string;
  /** Events of the account, Unity Catalog among them, have workspace 0 and name theirs in a parameter. */
  readonly level?: 'ACCOUNT_LEVEL';
}

interface Context {
  readonly random: Random;
  readonly workspace: string;
  readonly user: string;
  readonly runAs: string;
}

function line({ random, workspace, user, runAs }: Context, said: Said, email = user): string {
  return recordText({
    version: '2.0',
    timestamp: bare('epochMs'),
    workspaceId: said.level === undefined ? workspace : '0',
    sourceIPAddress: `198.51.100.${String(random.int(1, 250))}`,
    userAgent: random.pick(CLIENTS),
    sessionId: null,
    userIdentity: { email, subjectName: null },
    serviceName: said.service,
    actionName: said.action,
    requestId: mark('entryUuid'),
    requestParams: said.params,
    response: { statusCode: 200, errorMessage: null, result: said.result ?? null },
    auditLevel: said.level ?? 'WORKSPACE_LEVEL',
    accountId: ACCOUNT,
    identityMetadata: { runBy: user, runAs },
  });
}

/** A run of a job from the call that starts it to its end, as four records of one run. */
function run(context: Context): readonly string[] {
  const { random } = context;
  const job = random.digits(15);
  const platform: Json = {
    jobId: job,
    runId: mark('number'),
    multitaskParentRunId: mark('number'),
    parentRunId: '0',
    taskKey: 'curate',
    taskDependencies: '[]',
    repairId: '0',
    jobClusterType: 'new',
    jobTaskType: 'notebook',
    jobTriggerType: 'manual',
    clusterId: `1119-08${random.digits(4)}-${random.base36(8)}`,
    orgId: context.workspace,
    runCreatorUserName: context.user,
  };
  return [
    line(context, {
      service: 'jobs',
      action: 'runNow',
      params: {
        job_id: job,
        notebook_params: '{"day":"2026-11-19","mode":"incremental"}',
        idempotency_token: mark('uuid'),
      },
      result: `{"run_id":${mark('number')},"number_in_job":${mark('number')}}`,
    }),
    line(context, { service: 'jobs', action: 'runStart', params: platform }, 'System-User'),
    line(
      context,
      {
        service: 'jobs',
        action: 'runSucceeded',
        params: { ...platform, idInJob: mark('number'), jobTerminalState: 'Succeeded' },
      },
      'System-User',
    ),
  ];
}

function work(context: Context): readonly string[] {
  const { random } = context;
  const table = `main.sales.orders_${String(random.int(1, 200))}`;
  switch (random.int(0, 3)) {
    case 0:
      return [
        line(context, {
          service: 'unityCatalog',
          action: 'getTable',
          params: { workspace_id: context.workspace, metastore_id: METASTORE, full_name_arg: table },
          level: 'ACCOUNT_LEVEL',
        }),
      ];
    case 1:
      return [
        line(context, {
          service: 'unityCatalog',
          action: 'generateTemporaryTableCredential',
          params: {
            workspace_id: context.workspace,
            metastore_id: METASTORE,
            table_id: mark('uuid'),
            table_full_name: table,
            table_url: `gs://acme-uc/${random.hex(8)}/tables/${random.hex(12)}`,
            operation: random.pick(['READ', 'READ_WRITE']),
            credential_id: mark('uuid'),
            credential_type: 'GcpServiceAccount',
            is_permissions_enforcing_client: 'true',
          },
          level: 'ACCOUNT_LEVEL',
        }),
      ];
    case 2:
      return [
        line(context, {
          service: 'notebook',
          action: 'runCommand',
          params: {
            notebookId: random.digits(15),
            clusterId: `1119-08${random.digits(4)}-${random.base36(8)}`,
            executionTime: `${String(random.int(1, 90))}.571`,
            status: 'finished',
            commandId: mark('uuid'),
            commandText: `df = spark.table("${table}")\ndf.groupBy("day").sum("amount").write.mode("overwrite").saveAsTable("main.marts.totals")`,
            commandLanguage: 'python',
          },
        }),
      ];
    default:
      return [
        line(context, {
          service: 'databrickssql',
          action: 'commandFinish',
          params: { commandId: mark('uuid'), warehouseId: random.hex(16) },
        }),
      ];
  }
}

export function databricksEntries(random: Random, people: Population): readonly string[] {
  const user = `user${String(random.int(0, 80))}@example.com`;
  const context: Context = {
    random,
    workspace: random.pick(WORKSPACES),
    user,
    runAs: random.chance(0.5) ? user : random.pick(people.servicePrincipals),
  };
  return random.chance(0.4) ? run(context) : work(context);
}
