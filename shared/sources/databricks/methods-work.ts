/** Work and where it runs: jobs, clusters, warehouses, notebooks, models. */
import type { MethodTable } from './methods.ts';

export const WORK_METHODS: MethodTable = {
  jobs: {
    // A schedule starts a run without runNow; runTriggered is its submission. A repair hands tasks in once more.
    'job.submit': 'runNow submitRun runTriggered repairRun',
    'job.start': 'runStart',
    'job.finish': 'runSucceeded runFailed',
    'job.cancel': 'cancel cancelAllRuns',
    'job.delete': 'deleteRun',
    'template.change': 'create update reset delete',
    'iam.change': 'changeJobAcl resetJobAcl',
    'telemetry.read': 'getRunOutput',
  },
  clusters: {
    'cluster.create': 'create createResult',
    'cluster.start': 'start startResult restart restartResult',
    'cluster.update': 'edit resize resizeResult',
    // The API's delete ends the machines and keeps the cluster, which can be started again.
    'cluster.stop': 'delete deleteResult',
    'cluster.delete': 'permanentDelete',
    'iam.change': 'changeClusterAcl',
  },
  clusterPolicies: {
    'policy.change': 'create edit delete',
    'iam.change': 'changeClusterPolicyAcl',
  },
  clusterLibraries: {
    'artifact.change':
      'installLibraries uninstallLibraries installLibraryOnAllClusters uninstallLibraryOnAllClusters',
  },
  globalInitScripts: { 'artifact.change': 'create update delete' },
  instancePools: {
    'cluster.update': 'create edit delete',
    'iam.change': 'changeInstancePoolAcl',
  },
  databrickssql: {
    'cluster.create': 'createWarehouse createEndpoint',
    'cluster.update': 'editWarehouse editEndpoint',
    'cluster.delete': 'deleteWarehouse deleteEndpoint',
    'cluster.start': 'startWarehouse startEndpoint',
    'cluster.stop': 'stopWarehouse stopEndpoint',
    'iam.change': 'changeEndpointAcls changeWarehouseAcls changePermissions transferObjectOwnership',
    'session.run': 'executeAdhocQuery executeFastQuery executeSavedQuery commandSubmit commandFinish',
    'artifact.change': 'createQuery deleteQuery',
    'schedule.change': 'createAlert',
    'data.read': 'downloadQueryResult',
  },
  deltaPipelines: {
    'template.change': 'create edit delete',
    'iam.change': 'changePipelineAcls',
    'workflow.run': 'startUpdate',
    'operation.cancel': 'stop',
  },
  notebook: {
    'session.run': 'runCommand',
    'session.create': 'attachNotebook',
    'session.terminate': 'detachNotebook',
    'artifact.change':
      'createNotebook deleteNotebook renameNotebook moveNotebook importNotebook createFolder deleteFolder renameFolder moveFolder deleteRepo',
    'data.read': 'downloadPreviewResults downloadLargeResults',
  },
  repos: {
    'artifact.change': 'createRepo updateRepo deleteRepo pull checkoutBranch commitAndPush discard',
    'metadata.read': 'getRepo',
  },
  gitCredentials: {
    'credential.create': 'createGitCredential updateGitCredential',
    'credential.revoke': 'deleteGitCredential',
    'metadata.read': 'getGitCredential listGitCredentials',
  },
  webTerminal: {
    'exec.interactive': 'startSession',
    'session.terminate': 'closeSession',
  },
  ssh: { 'exec.interactive': 'login', 'session.terminate': 'logout' },
  mlflowExperiment: {
    'artifact.change': 'createMlflowExperiment deleteMlflowExperiment',
  },
  mlflowAcledArtifact: { 'data.read': 'readArtifact', 'data.write': 'writeArtifact' },
  modelRegistry: {
    'model.register': 'createRegisteredModel createModelVersion setModelVersionTag updateRegisteredModel',
    'model.deploy': 'transitionModelVersionStage',
    'model.delete': 'deleteRegisteredModel deleteModelVersion',
    'grant.request': 'createTransitionRequest',
    'grant.approve': 'approveTransitionRequest',
    'grant.deny': 'rejectTransitionRequest',
    'iam.change': 'changeRegisteredModelAcl',
    'schedule.change': 'createRegistryWebhook',
    'artifact.change': 'createComment',
    'data.read': 'getModelVersionDownloadUri getModelVersionSignedDownloadUri',
  },
  serverlessRealTimeInference: {
    'model.deploy': 'createServingEndpoint updateServingEndpoint',
    'model.delete': 'deleteServingEndpoint',
    'policy.change': 'putInferenceEndpointAiGateway',
    'iam.change': 'changeInferenceEndpointAcl',
  },
  vectorSearch: {
    'cluster.create': 'createEndpoint',
    'cluster.delete': 'deleteEndpoint',
    'schema.change': 'createVectorIndex deleteVectorIndex',
    'iam.change': 'changeEndpointAcl',
  },
  apps: {
    deploy: 'createApp deployApp updateApp startApp',
    'workload.change': 'stopApp deleteApp',
    'iam.change': 'changeAppsAcl',
  },
};
