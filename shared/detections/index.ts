/** The list of detections: one line each. */
import type { Detection } from './detection.ts';
import { agentOutsideItsLane } from './agent-outside-its-lane.ts';
import { auditConfigWeakened } from './audit-config-weakened.ts';
import { bqDestinationOutsideOrg } from './bq-destination-outside-org.ts';
import { bqLargeOrDestructiveQuery } from './bq-large-or-destructive-query.ts';
import { bucketPublic } from './bucket-public.ts';
import { crossEnvironmentAccess } from './cross-environment-access.ts';
import { databricksAdminGranted } from './databricks-admin-granted.ts';
import { databricksAuditWeakened } from './databricks-audit-weakened.ts';
import { databricksDeniedIp } from './databricks-denied-ip.ts';
import { databricksIpListChanged } from './databricks-ip-list-changed.ts';
import { databricksPathCredentialOrShare } from './databricks-path-credential-or-share.ts';
import { datasetPublic } from './dataset-public.ts';
import { eventTimeSkew } from './event-time-skew.ts';
import { evidenceWriterAdded } from './evidence-writer-added.ts';
import { exportPathBroken } from './export-path-broken.ts';
import { externalMemberAdded } from './external-member-added.ts';
import { gatewayBypassCallerNetwork } from './gateway-bypass-caller-network.ts';
import { gatewayConfigInlineEdit } from './gateway-config-inline-edit.ts';
import { gatewayLogPluginRemoved } from './gateway-log-plugin-removed.ts';
import { gcsDestinationOutsideOrg } from './gcs-destination-outside-org.ts';
import { gkeTokenRequest } from './gke-token-request.ts';
import { hadoopPortExposed } from './hadoop-port-exposed.ts';
import { hmacKeyCreated } from './hmac-key-created.ts';
import { impersonationChainUnapproved } from './impersonation-chain-unapproved.ts';
import { impersonationRoleGranted } from './impersonation-role-granted.ts';
import { interactiveExecOnCluster } from './interactive-exec-on-cluster.ts';
import { jobCodeUntrustedOrigin } from './job-code-untrusted-origin.ts';
import { jobInUnnamedProject } from './job-in-unnamed-project.ts';
import { jobOutsideDeclaredPolicy } from './job-outside-declared-policy.ts';
import { jobRoleGranted } from './job-role-granted.ts';
import { jobTemplateOrSchedulePlanted } from './job-template-or-schedule-planted.ts';
import { logRoutingWeakened } from './log-routing-weakened.ts';
import { logStoreWeakened } from './log-store-weakened.ts';
import { logsSampledOut } from './logs-sampled-out.ts';
import { meshHopUnauthenticated } from './mesh-hop-unauthenticated.ts';
import { meshPolicyInlineEdit } from './mesh-policy-inline-edit.ts';
import { mtlsDowngraded } from './mtls-downgraded.ts';
import { orgPolicyChanged } from './org-policy-changed.ts';
import { projectMovedOutOfOrg } from './project-moved-out-of-org.ts';
import { runAsUndeclaredSa } from './run-as-undeclared-sa.ts';
import { runtimeTokenOffPlatform } from './runtime-token-off-platform.ts';
import { saKeyCreated } from './sa-key-created.ts';
import { serviceApiDisabled } from './service-api-disabled.ts';
import { sidecarCaptureEvaded } from './sidecar-capture-evaded.ts';
import { signJwtOrBlob } from './sign-jwt-or-blob.ts';
import { spannerBulkReadOrExport } from './spanner-bulk-read-or-export.ts';
import { staticCredentialOnJobPath } from './static-credential-on-job-path.ts';
import { vpcScOrAccessPolicyWeakened } from './vpc-sc-or-access-policy-weakened.ts';
import { vpcScViolation } from './vpc-sc-violation.ts';
import { workloadIdentityTrustChanged } from './workload-identity-trust-changed.ts';
import { workloadLoggingDisabled } from './workload-logging-disabled.ts';

export const DETECTIONS: readonly Detection[] = [
  agentOutsideItsLane,
  auditConfigWeakened,
  bqDestinationOutsideOrg,
  bqLargeOrDestructiveQuery,
  bucketPublic,
  crossEnvironmentAccess,
  databricksAdminGranted,
  databricksAuditWeakened,
  databricksDeniedIp,
  databricksIpListChanged,
  databricksPathCredentialOrShare,
  datasetPublic,
  eventTimeSkew,
  evidenceWriterAdded,
  exportPathBroken,
  externalMemberAdded,
  gatewayBypassCallerNetwork,
  gatewayConfigInlineEdit,
  gatewayLogPluginRemoved,
  gcsDestinationOutsideOrg,
  gkeTokenRequest,
  hadoopPortExposed,
  hmacKeyCreated,
  impersonationChainUnapproved,
  impersonationRoleGranted,
  interactiveExecOnCluster,
  jobCodeUntrustedOrigin,
  jobInUnnamedProject,
  jobOutsideDeclaredPolicy,
  jobRoleGranted,
  jobTemplateOrSchedulePlanted,
  logRoutingWeakened,
  logStoreWeakened,
  logsSampledOut,
  meshHopUnauthenticated,
  meshPolicyInlineEdit,
  mtlsDowngraded,
  orgPolicyChanged,
  projectMovedOutOfOrg,
  runAsUndeclaredSa,
  runtimeTokenOffPlatform,
  saKeyCreated,
  serviceApiDisabled,
  sidecarCaptureEvaded,
  signJwtOrBlob,
  spannerBulkReadOrExport,
  staticCredentialOnJobPath,
  vpcScOrAccessPolicyWeakened,
  vpcScViolation,
  workloadIdentityTrustChanged,
  workloadLoggingDisabled,
];
