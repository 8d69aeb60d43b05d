/** The rules over several records: one line each. */
import type { Rule } from '../rule.ts';
import { actionWithoutApproval } from './action-without-approval.ts';
import { agentJobWithoutSponsor } from './agent-job-without-sponsor.ts';
import { agentMethodFirstSeen } from './agent-method-first-seen.ts';
import { dataAccessOutsideJobs } from './data-access-outside-jobs.ts';
import { databricksDownloads } from './databricks-downloads.ts';
import { databricksRepeatedSecretAccess } from './databricks-repeated-secret-access.ts';
import { delegationStepFirstSeen } from './delegation-step-first-seen.ts';
import { dormantIdentityRunsJob } from './dormant-identity-runs-job.ts';
import { gkeSecretBurst } from './gke-secret-burst.ts';
import { jobRanWithoutAuditRecord } from './job-ran-without-audit-record.ts';
import { jobReadsUndeclaredData } from './job-reads-undeclared-data.ts';
import { logSequenceGap } from './log-sequence-gap.ts';
import { policyNotMetOnceSettled } from './policy-not-met-once-settled.ts';
import { runtimeAccountNewService } from './runtime-account-new-service.ts';
import { spannerPartitionedReads } from './spanner-partitioned-reads.ts';
import { deniedJobBurst } from './denied-job-burst.ts';
import { changeWithoutDeployRecord } from './change-without-deploy-record.ts';
import { gkeSensitiveRbacThenWorkload } from './gke-sensitive-rbac-then-workload.ts';
import { jobArtifactOverwritten } from './job-artifact-overwritten.ts';
import { plantedTemplateStarted } from './planted-template-started.ts';
import { selfGrantThenJob } from './self-grant-then-job.ts';
import { auditRecordWithoutGatewayEvidence } from './audit-record-without-gateway-evidence.ts';
import { deniedThenSucceededElsewhere } from './denied-then-succeeded-elsewhere.ts';
import { gatewayCallWithoutAuditRecord } from './gateway-call-without-audit-record.ts';
import { identityMismatchMeshVsAudit } from './identity-mismatch-mesh-vs-audit.ts';
import { PRIOR_RULES } from './with-prior.ts';
import { usedUnderUndeclaredPolicy } from './used-under-undeclared-policy.ts';

/** Detections of one event, raised where what they found is new as well: each has the id of its detection. */
export const BASELINE_RULES: readonly Rule[] = [agentMethodFirstSeen, delegationStepFirstSeen];

export const RULES: readonly Rule[] = [
  dataAccessOutsideJobs,
  jobRanWithoutAuditRecord,
  jobReadsUndeclaredData,
  runtimeAccountNewService,
  actionWithoutApproval,
  agentJobWithoutSponsor,
  policyNotMetOnceSettled,
  usedUnderUndeclaredPolicy,
  deniedJobBurst,
  databricksDownloads,
  databricksRepeatedSecretAccess,
  dormantIdentityRunsJob,
  gkeSecretBurst,
  logSequenceGap,
  spannerPartitionedReads,
  changeWithoutDeployRecord,
  gkeSensitiveRbacThenWorkload,
  jobArtifactOverwritten,
  plantedTemplateStarted,
  selfGrantThenJob,
  auditRecordWithoutGatewayEvidence,
  deniedThenSucceededElsewhere,
  gatewayCallWithoutAuditRecord,
  identityMismatchMeshVsAudit,
  ...PRIOR_RULES,
  ...BASELINE_RULES,
];
