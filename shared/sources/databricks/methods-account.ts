/** Who may come in and what decides over it: sign-in, tokens, users and groups, network, settings, secrets. */
import type { MethodTable } from './methods.ts';

export const ACCOUNT_METHODS: MethodTable = {
  accounts: {
    login: `login logout tokenLogin samlLogin jwtLogin oidcBrowserLogin aadBrowserLogin aadTokenLogin certLogin mfaLogin
      passwordVerifyAuthentication oidcTokenAuthorization workspaceInHouseOAuthClientAuthentication
      accountInHouseOAuthClientAuthentication IpAccessDenied accountIpAclsValidationFailed`,
    'credential.mint': 'mintOAuthToken mintOAuthAuthorizationCode',
    'credential.create': 'generateDbToken changePassword mfaAddKey',
    'credential.revoke': 'revokeDbToken garbageCollectDbToken mfaDeleteKey',
    'network.change': 'createIpAccessList updateIpAccessList deleteIpAccessList',
    'iam.change': `add createUser updateUser deleteUser delete activateUser deactivateUser createGroup updateGroup removeGroup
      addPrincipalToGroup addPrincipalsToGroup removePrincipalFromGroup setAdmin removeAdmin setAccountAdmin
      removeAccountAdmin changeAccountOwner changeDatabricksWorkspaceAcl changeDatabricksSqlAcl
      changeServicePrincipalAcls updateRoleAssignment changePasswordAcl changeDbTokenAcl`,
    'policy.change': 'setSetting deleteSetting',
    'org.change': 'acceptTos sendTos',
  },
  accountsManager: {
    'org.change': 'createWorkspace updateWorkspace deleteWorkspace acceptTos',
    'iam.change': 'changeAccountOwner',
  },
  logDelivery: {
    'log.change': 'createLogDeliveryConfiguration updateLogDeliveryConfiguration',
    'metadata.read': 'getLogDeliveryConfiguration listLogDeliveryConfigurations',
  },
  ssoConfigBackend: {
    'policy.change': 'create update delete',
    'metadata.read': 'get',
  },
  servicePrincipalCredentials: {
    'credential.create': 'create',
    'credential.revoke': 'delete',
    'metadata.read': 'list',
  },
  oauth2: {
    'policy.change': `createCustomAppIntegration updateCustomAppIntegration deleteCustomAppIntegration
      createPublishedAppIntegration updatePublishedAppIntegration deletePublishedAppIntegration`,
  },
  groups: {
    'iam.change': `createGroup updateGroup deleteGroup removeGroup addPrincipalToGroup addPrincipalsToGroup
      removePrincipalFromGroup`,
    'metadata.read': 'getGroup listGroups',
  },
  iamRole: { 'iam.change': 'changeIamRoleAcl' },
  // Employees of Databricks let into a workspace; not the assistant of the same name.
  genie: { 'grant.approve': 'databricksAccess' },
  workspace: {
    'policy.change': 'workspaceConfEdit',
    'iam.change': 'changeWorkspaceAcl changeIamAcl',
    'artifact.change': 'createFile fileCreate fileEdit fileDelete moveWorkspaceNode',
    'data.read': 'workspaceExport',
  },
  sqlPermissions: {
    'iam.change':
      'grantPermission revokePermission denyPermission changeSecurableOwner changeSecurablePermissions',
    'metadata.read': 'showPermissions listPermissions getPermissions',
  },
  secrets: {
    'secret.read': 'getSecret',
    'credential.create': 'putSecret createScope',
    'credential.revoke': 'deleteSecret deleteScope',
    'iam.change': 'putAcl deleteAcl',
    'metadata.read': 'listSecrets listScopes listAcls getAcl',
  },
  'clamAVScanService-dataplane': { 'telemetry.write': 'clamAVScanAction' },
};
