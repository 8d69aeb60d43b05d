/**
 * Methods of the services that decide who is who and who may do what. `SetIamPolicy` is not among them: it is this
 * source's for (nearly) every service, see index.ts.
 *
 * Sources: google/iam/admin/v1/iam.proto, google/iam/credentials/v1/iamcredentials.proto,
 * https://docs.cloud.google.com/iam/docs/audit-logging, google/cloud/privilegedaccessmanager/v1/privilegedaccessmanager.proto,
 * google/cloud/accessapproval/v1/accessapproval.proto, google/apps/cloudidentity/groups/v1.
 */
import type { ServiceMethods } from '../../audit/methods.ts';

export type IamReader =
  | 'policy'
  | 'role'
  | 'account'
  | 'key'
  | 'mint'
  | 'exchange'
  | 'federation'
  | 'rule'
  | 'membership'
  | 'grant'
  | 'entitlement'
  | 'approval';

export const IAM_METHODS: readonly ServiceMethods<IamReader>[] = [
  {
    services: ['iam.googleapis.com', 'iamcredentials.googleapis.com', 'sts.googleapis.com'],
    by: 'rpc',
    lines: [
      ['CreateRole UpdateRole DeleteRole UndeleteRole', 'iam.change', 'role'],
      [
        'CreateServiceAccount UpdateServiceAccount PatchServiceAccount DeleteServiceAccount UndeleteServiceAccount EnableServiceAccount DisableServiceAccount',
        'iam.change',
        'account',
      ],
      ['CreateServiceAccountKey UploadServiceAccountKey EnableServiceAccountKey', 'credential.create', 'key'],
      ['DeleteServiceAccountKey DisableServiceAccountKey', 'credential.revoke', 'key'],

      // Short-lived credentials that speak for another identity.
      ['GenerateAccessToken GenerateIdToken SignBlob SignJwt', 'credential.mint', 'mint'],
      ['ExchangeToken', 'credential.mint', 'exchange'],

      // Whose assertions are believed.
      [
        'CreateWorkloadIdentityPool UpdateWorkloadIdentityPool DeleteWorkloadIdentityPool UndeleteWorkloadIdentityPool',
        'iam.change',
        'federation',
      ],
      [
        'CreateWorkloadIdentityPoolProvider UpdateWorkloadIdentityPoolProvider DeleteWorkloadIdentityPoolProvider UndeleteWorkloadIdentityPoolProvider',
        'iam.change',
        'federation',
      ],
      [
        'CreateWorkloadIdentityPoolProviderKey DeleteWorkloadIdentityPoolProviderKey UndeleteWorkloadIdentityPoolProviderKey',
        'iam.change',
        'federation',
      ],
      [
        'CreateWorkforcePool UpdateWorkforcePool DeleteWorkforcePool UndeleteWorkforcePool DeleteWorkforcePoolSubject UndeleteWorkforcePoolSubject',
        'iam.change',
        'federation',
      ],
      [
        'CreateWorkforcePoolProvider UpdateWorkforcePoolProvider DeleteWorkforcePoolProvider UndeleteWorkforcePoolProvider',
        'iam.change',
        'federation',
      ],
      [
        'CreateWorkforcePoolProviderKey DeleteWorkforcePoolProviderKey UndeleteWorkforcePoolProviderKey',
        'iam.change',
        'federation',
      ],
      ['CreateOauthClient UpdateOauthClient DeleteOauthClient UndeleteOauthClient', 'iam.change'],
      ['CreateOauthClientCredential UpdateOauthClientCredential', 'credential.create'],
      ['DeleteOauthClientCredential', 'credential.revoke'],

      // Deny policies (v2) and principal access boundaries (v3).
      ['CreatePolicy UpdatePolicy DeletePolicy', 'iam.change', 'rule'],
      [
        'CreatePrincipalAccessBoundaryPolicy UpdatePrincipalAccessBoundaryPolicy DeletePrincipalAccessBoundaryPolicy',
        'iam.change',
        'rule',
      ],
      ['CreatePolicyBinding UpdatePolicyBinding DeletePolicyBinding', 'iam.change', 'rule'],

      ['LintPolicy IntrospectToken', 'metadata.read'],
    ],
  },
  {
    services: ['cloudidentity.googleapis.com'],
    by: 'rpc',
    lines: [
      ['CreateGroup UpdateGroup DeleteGroup', 'iam.change', 'membership'],
      [
        'CreateMembership UpdateMembership DeleteMembership ModifyMembershipRoles',
        'iam.change',
        'membership',
      ],
    ],
  },
  {
    services: ['privilegedaccessmanager.googleapis.com'],
    by: 'rpc',
    lines: [
      ['CreateGrant', 'grant.request', 'grant'],
      ['ApproveGrant', 'grant.approve', 'grant'],
      ['DenyGrant', 'grant.deny', 'grant'],
      ['RevokeGrant WithdrawGrant', 'grant.revoke', 'grant'],
      ['CreateEntitlement UpdateEntitlement DeleteEntitlement', 'policy.change', 'entitlement'],
      ['CheckOnboardingStatus', 'metadata.read'],
      // System events: the moments at which privileges appear and disappear.
      ['PAMActivateGrant', 'grant.activate', 'grant'],
      ['PAMEndGrant PAMExpireGrant PAMDeleteGrant', 'grant.revoke', 'grant'],
      ['PAMReportExternalGrantModification', 'iam.change', 'grant'],
    ],
  },
  {
    services: ['accessapproval.googleapis.com'],
    by: 'rpc',
    lines: [
      ['ApproveApprovalRequest', 'grant.approve', 'approval'],
      ['DismissApprovalRequest', 'grant.deny', 'approval'],
      ['InvalidateApprovalRequest', 'grant.revoke', 'approval'],
      ['UpdateAccessApprovalSettings DeleteAccessApprovalSettings', 'policy.change', 'approval'],
    ],
  },
];
