/** Data: Unity Catalog, shares, the files of workspaces and volumes, feature tables. */
import type { MethodTable } from './methods.ts';

export const DATA_METHODS: MethodTable = {
  unityCatalog: {
    'metadata.read': `getTable getCatalog getSchema getVolume getFunction getShare getRecipient getProvider getMetastore
      getStorageCredential getExternalLocation getConnection getRegisteredModel getModelVersion getPermissions
      getEffectivePermissions listTables listCatalogs listSchemas`,
    // A credential for one table or path: who has it reads or writes the files without being seen again here.
    'credential.mint':
      'generateTemporaryTableCredential generateTemporaryVolumeCredential generateTemporaryPathCredential getForeignCredentials',
    'schema.change': `createTable updateTable undeleteTable createCatalog updateCatalog createSchema updateSchema createVolume
      updateVolume createFunction createConstraint deleteConstraint`,
    'data.delete': 'deleteTable deleteVolume deleteCatalog deleteSchema deleteFunction',
    'iam.change': 'updatePermissions changeOwner grant',
    'policy.change': `createPolicy deletePolicy createMetastore updateMetastore deleteMetastore createMetastoreAssignment
      updateMetastoreAssignment deleteMetastoreAssignment createExternalLocation updateExternalLocation
      deleteExternalLocation createConnection updateConnection deleteConnection`,
    'credential.create': 'createStorageCredential updateStorageCredential createCredential updateCredential',
    'credential.revoke': 'deleteStorageCredential deleteCredential',
    'data.share': `createRecipient updateRecipient deleteRecipient createShare updateShare deleteShare
      updateSharePermissions createProvider updateProvider deleteProvider`,
    'data.read': 'deltaSharingQueryTable deltaSharingQueryTableChanges',
    'model.register': 'createRegisteredModel updateRegisteredModel createModelVersion finalizeModelVersion',
    'model.deploy': 'setRegisteredModelAlias',
    'model.delete': 'deleteRegisteredModel deleteModelVersion',
  },
  dbfs: {
    'data.read': 'read',
    'data.write': 'create addBlock put move mkdirs',
    'data.delete': 'delete',
    'credential.mint': 'getSessionCredentials',
    // A mount opens a storage path to everybody of the workspace.
    'policy.change': 'mount unmount',
  },
  filesystem: {
    'data.read': 'filesGet',
    'data.write': 'filesPut',
    'data.delete': 'filesDelete directoriesDelete',
    'metadata.read': 'filesHead directoriesGet',
  },
  featureStore: {
    'iam.change': 'changeFeatureTableAcl',
    'schema.change': 'createFeatureTable deleteFeatureTable',
  },
};
