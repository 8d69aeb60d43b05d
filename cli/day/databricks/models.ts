/** Models on their way into service, and the data they are made from: registry, Unity Catalog, serving. */
import { SERVICE_PRINCIPALS } from '../company.ts';
import type { Json, RecordDraft } from '../entry.ts';
import { sceneOf } from '../scene.ts';
import type { Scene } from '../scene.ts';
import { auditEvent, inBrowser } from './record.ts';
import type { Actor, AuditEvent } from './record.ts';

const FARAH = inBrowser('farah', '198.51.100.23');
const CHIARA = inBrowser('chiara', '198.51.100.52');
const METASTORE = '6f0e2c1b-8a47-4d3f-9b5c-1e7d4a2f8c90';
/** Compute of a run asks for credentials as whoever the run runs as. */
const TRAINER: Actor = {
  email: SERVICE_PRINCIPALS.churnTrainer,
  ip: '10.132.4.21',
  userAgent: 'Databricks-Runtime/16.4',
};

/** Short-lived credentials for a table's files: whoever has them may read or write these. */
function credentials(scene: Scene): readonly RecordDraft[] {
  const ask = (at: string, workspace: AuditEvent['workspace'], params: Json): RecordDraft =>
    auditEvent(scene, {
      at,
      workspace,
      by: TRAINER,
      method: 'unityCatalog.generateTemporaryTableCredential',
      params: { metastore_id: METASTORE, workspace_id: '2907113845500212', ...params },
      runs: { by: FARAH.email, as: SERVICE_PRINCIPALS.churnTrainer },
    });
  return [
    ask('10:24:40', 'account', {
      table_full_name: 'ml.churn.training_set',
      table_id: '0b6d1f3e-5c2a-4e87-9d40-7a8b3c6e1f21',
      table_url: 'gs://acme-models/churn/training-set',
      operation: 'READ',
    }),
    ask('10:24:41', 'account', {
      table_full_name: 'ml.churn.features',
      table_id: '4e8c7a90-1d3b-4f62-8b5e-2c9f0d6a7b32',
      table_url: 'gs://acme-features/churn',
      operation: 'READ',
    }),
    ask('11:06:02', 'account', {
      table_full_name: 'ml.churn.predictions',
      table_id: '93f2b0d4-6e7c-4a15-b8d9-5f1a2e3c4d43',
      table_url: 'gs://acme-models/churn/predictions',
      operation: 'READ_WRITE',
    }),
    auditEvent(scene, {
      at: '11:06:40',
      workspace: 'account',
      by: TRAINER,
      method: 'unityCatalog.generateTemporaryPathCredential',
      params: {
        metastore_id: METASTORE,
        workspace_id: '2907113845500212',
        url: 'gs://acme-models/churn/artifacts',
        operation: 'PATH_READ_WRITE',
      },
    }),
  ];
}

function registry(scene: Scene): readonly RecordDraft[] {
  const model = { name: 'churn', version: '14' } as const;
  const by = (at: string, actor: Actor, method: string, params: Json, result?: Json): RecordDraft =>
    auditEvent(scene, {
      at,
      workspace: 'training',
      by: actor,
      method,
      params,
      ...(result === undefined ? {} : { result }),
    });
  return [
    by('11:08:30', TRAINER, 'modelRegistry.createModelVersion', { name: model.name, run_id: 'f3a1' }, model),
    by('13:35:10', FARAH, 'modelRegistry.createTransitionRequest', { ...model, stage: 'Production' }),
    by('13:52:41', CHIARA, 'modelRegistry.approveTransitionRequest', { ...model, stage: 'Production' }),
    by('13:52:42', CHIARA, 'modelRegistry.transitionModelVersionStage', {
      ...model,
      stage: 'Production',
      archive_existing_versions: 'true',
    }),
    auditEvent(scene, {
      at: '14:05:00',
      workspace: 'production',
      by: CHIARA,
      method: 'serverlessRealTimeInference.updateServingEndpoint',
      params: {
        name: 'churn',
        served_entities: JSON.stringify([{ entity_name: 'churn', entity_version: '14' }]),
      },
    }),
    auditEvent(scene, {
      at: '14:07:19',
      workspace: 'production',
      by: CHIARA,
      method: 'serverlessRealTimeInference.changeInferenceEndpointAcl',
      params: { resourceId: 'churn', aclPermissionSet: 'Query', targetUserId: '7041' },
    }),
  ];
}

/** Who may see what, and who is outside and sees it. */
function sharing(scene: Scene): readonly RecordDraft[] {
  return [
    auditEvent(scene, {
      at: '13:20:04',
      workspace: 'account',
      by: CHIARA,
      method: 'unityCatalog.updatePermissions',
      params: {
        metastore_id: METASTORE,
        securable_type: 'TABLE',
        securable_full_name: 'ml.churn.training_set',
        changes: JSON.stringify([{ principal: 'data-scientists', add: ['SELECT'], remove: [] }]),
      },
    }),
    auditEvent(scene, {
      at: '22:47:30',
      workspace: 'account',
      by: inBrowser('ben', '198.51.100.61'),
      method: 'unityCatalog.createRecipient',
      params: {
        metastore_id: METASTORE,
        name: 'partner-trial',
        recipient_authentication_type: 'TOKEN',
        ip_access_list: '{}',
      },
    }),
    auditEvent(scene, {
      at: '22:48:11',
      workspace: 'account',
      by: inBrowser('ben', '198.51.100.61'),
      method: 'unityCatalog.updateSharePermissions',
      params: {
        metastore_id: METASTORE,
        name: 'churn-share',
        changes: JSON.stringify([{ principal: 'partner-trial', add: ['SELECT'], remove: [] }]),
      },
    }),
  ];
}

export const databricksModels = (scene: Scene): readonly RecordDraft[] => [
  ...credentials(sceneOf(scene, 'table-credentials')),
  ...registry(sceneOf(scene, 'model-registry')),
  ...sharing(sceneOf(scene, 'catalog-sharing')),
];
