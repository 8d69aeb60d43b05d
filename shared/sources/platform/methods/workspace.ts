/**
 * Google Workspace and Cloud Identity, where their logs are shared with Google Cloud: organisation logs, method names made
 * of event names. Sources: https://docs.cloud.google.com/logging/docs/audit/gsuite-login-samples,
 * https://docs.cloud.google.com/logging/docs/audit/gsuite-admin-samples.
 */
import type { ServiceMethods } from '../../../audit/methods.ts';

export type WorkspaceReader = 'login' | 'admin';

export const WORKSPACE_METHODS: readonly ServiceMethods<WorkspaceReader>[] = [
  {
    services: ['login.googleapis.com'],
    by: 'rpc',
    lines: [
      ['loginSuccess loginFailure loginChallenge loginVerification logout', 'login', 'login'],
      ['suspiciousLogin suspiciousLoginLessSecureApp suspiciousProgrammaticLogin', 'login', 'login'],
      ['govAttackWarning riskySensitiveActionAllowed riskySensitiveActionBlocked', 'login', 'login'],
      ['passwordEdit 2svEnroll titaniumEnroll', 'credential.create', 'login'],
      ['recoveryEmailEdit recoveryPhoneEdit recoverySecretQaEdit', 'credential.create', 'login'],
      ['2svDisable titaniumUnenroll', 'credential.revoke', 'login'],
      [
        'accountDisabledGeneric accountDisabledHijacked accountDisabledPasswordLeak accountDisabledSpamming accountDisabledSpammingThroughRelay',
        'iam.change',
        'login',
      ],
      ['emailForwardingOutOfDomain', 'data.share', 'login'],
    ],
  },
  {
    services: ['admin.googleapis.com'],
    by: 'rpc',
    lines: [
      // Whoever is in a group has what the group was granted.
      ['addGroupMember removeGroupMember updateGroupMember', 'iam.change', 'admin'],
      ['createGroup deleteGroup changeGroupEmail changeGroupSetting', 'iam.change', 'admin'],
      ['createRole updateRole renameRole deleteRole assignRole unassignRole', 'iam.change', 'admin'],
      ['addPrivilege removePrivilege updatePrivilege', 'iam.change', 'admin'],
      ['grantAdminPrivilege revokeAdminPrivilege grantDelegatedAdminPrivileges', 'iam.change', 'admin'],
      ['createUser deleteUser undeleteUser suspendUser unsuspendUser archiveUser', 'iam.change', 'admin'],
      // Domain-wide delegation: a service account may act as every user.
      ['authorizeApiClientAccess removeApiClientAccess', 'iam.change', 'admin'],
      [
        'changePassword changePasswordOnNextLogin addRecoveryEmail addRecoveryPhone',
        'credential.create',
        'admin',
      ],
      [
        'turnOff2StepVerification unenrollUserFromStrongAuth revoke3LoToken revoke3LoDeviceTokens revokeAsp',
        'credential.revoke',
        'admin',
      ],
      [
        'enforceStrongAuthentication allowStrongAuthentication changeAllowedTwoStepVerificationMethods',
        'policy.change',
        'admin',
      ],
      ['changeSsoSettings toggleSsoEnabled addTrustedDomains removeTrustedDomains', 'policy.change', 'admin'],
      ['addToTrustedOauth2Apps addToBlockedOauth2Apps', 'policy.change', 'admin'],
      ['allowServiceForOauth2Access disallowServiceForOauth2Access', 'policy.change', 'admin'],
      ['changeApplicationSetting toggleServiceEnabled changeCaaAppAssignments', 'policy.change', 'admin'],
      ['createDataTransferRequest', 'data.share', 'admin'],
    ],
  },
];
