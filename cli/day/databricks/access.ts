/** Ways in and what is set: sign-ins, tokens, secrets, clusters, notebooks, workspace settings. */
import { SERVICE_PRINCIPALS, WORKLOADS } from '../company.ts';
import type { WorkspaceName } from '../company.ts';
import { HOUR } from '../entry.ts';
import type { Json, RecordDraft } from '../entry.ts';
import { clock, sceneOf } from '../scene.ts';
import type { Scene } from '../scene.ts';
import { auditEvent, inBrowser } from './record.ts';
import type { Actor } from './record.ts';

const AIRFLOW: Actor = {
  email: SERVICE_PRINCIPALS.airflow,
  ip: WORKLOADS.scheduler.ip,
  userAgent: 'databricks-sdk-py/0.73.0 python/3.12.8 os/linux airflow/3.1.3',
};
const PEOPLE = {
  ana: inBrowser('ana', '198.51.100.17'),
  ben: inBrowser('ben', '198.51.100.61'),
  chiara: inBrowser('chiara', '198.51.100.52'),
  farah: inBrowser('farah', '198.51.100.23'),
  goran: inBrowser('goran', '198.51.100.44'),
  hana: inBrowser('hana', '198.51.100.40'),
  ivo: inBrowser('ivo', '203.0.113.90'),
} as const;

function signIns(scene: Scene): readonly RecordDraft[] {
  const times = [
    ['07:40:02', 'goran', 'production'],
    ['09:50:11', 'ana', 'training'],
    ['10:14:37', 'farah', 'training'],
    ['13:18:50', 'chiara', 'production'],
    ['15:08:12', 'hana', 'staging'],
    ['21:03:08', 'ben', 'staging'],
  ] as const;
  const people = times.map(([at, name, workspace]) =>
    auditEvent(scene, {
      at,
      workspace,
      by: PEOPLE[name],
      method: 'accounts.samlLogin',
      params: { user: PEOPLE[name].email, authentication_method: 'BROWSER_BYO_IDP_SAML' },
    }),
  );
  const refused = ['20:18:01', '20:18:19'].map((at) =>
    auditEvent(scene, {
      at,
      workspace: 'production',
      by: { ...PEOPLE.ivo, email: '' },
      method: 'accounts.passwordVerifyAuthentication',
      params: { user: PEOPLE.ivo.email },
      status: 401,
      error: 'Invalid username or password',
    }),
  );
  // Logged for every call that carries an OAuth token: the call itself is logged besides.
  const checks = Array.from({ length: 12 }, (_, i) =>
    auditEvent(scene, {
      at: i * 2 * HOUR + scene.random.int(0, HOUR),
      workspace: 'staging',
      by: AIRFLOW,
      method: 'accounts.oidcTokenAuthorization',
      params: { authentication_method: 'OAUTH', endpoint: '/api/2.2/jobs/runs/get' },
    }),
  );
  return [...people, ...refused, ...checks];
}

function settings(scene: Scene): readonly RecordDraft[] {
  const by = (at: string, actor: Actor, workspace: WorkspaceName, method: string, params: Json) =>
    auditEvent(scene, { at, workspace, by: actor, method, params });
  return [
    by('05:40:15', AIRFLOW, 'staging', 'secrets.getSecret', { scope: 'warehouse', key: 'jdbc-password' }),
    by('17:40:12', AIRFLOW, 'staging', 'secrets.getSecret', { scope: 'warehouse', key: 'jdbc-password' }),
    by('13:26:30', PEOPLE.chiara, 'production', 'secrets.putAcl', {
      scope: 'serving',
      principal: 'data-scientists',
      permission: 'READ',
    }),
    by('21:05:44', PEOPLE.ben, 'staging', 'accounts.generateDbToken', {
      tokenHash: scene.random.hex(64),
      tokenExpirationTime: String(scene.midnight + 90 * 24 * HOUR),
      userId: '5120',
    }),
    // The events that tell of commands in notebooks are switched off.
    by('21:10:26', PEOPLE.ben, 'staging', 'workspace.workspaceConfEdit', {
      workspaceConfKeys: 'enableVerboseAuditLogs',
      workspaceConfValues: 'false',
    }),
    by('21:12:03', PEOPLE.ben, 'staging', 'clusters.create', {
      cluster_name: 'ben-scratch',
      spark_version: '16.4.x-scala2.12',
      node_type_id: 'n2-highmem-8',
      num_workers: '2',
      data_security_mode: 'NONE',
      autotermination_minutes: '0',
    }),
    by('21:31:57', PEOPLE.ben, 'staging', 'workspace.workspaceExport', {
      workspaceExportFormat: 'SOURCE',
      path: '/Repos/ml/churn',
    }),
  ];
}

function notebooks(scene: Scene): readonly RecordDraft[] {
  return Array.from({ length: 6 }, (_, i) =>
    auditEvent(scene, {
      at: clock('15:20') + i * 210_000,
      workspace: 'staging',
      by: PEOPLE.hana,
      method: 'notebook.runCommand',
      params: {
        notebookId: '3402111',
        executionTime: `${String(scene.random.int(1, 40))}.${scene.random.digits(3)}`,
        status: i === 4 ? 'failed' : 'finished',
        commandId: scene.random.digits(19),
        commandText: 'display(spark.table("ml.churn.features").describe())',
        commandLanguage: 'python',
      },
    }),
  );
}

export const databricksAccess = (scene: Scene): readonly RecordDraft[] => [
  ...signIns(sceneOf(scene, 'databricks-logins')),
  ...settings(sceneOf(scene, 'databricks-settings')),
  ...notebooks(sceneOf(scene, 'databricks-notebooks')),
];
