/** Evidence that is brought to Jobtrail on purpose: what was approved and deployed, and what APIs say when asked. */
import { evidenceRows } from './row.ts';

export const OWN = evidenceRows(`
  approval: who, for whom, which actions, until when | U02 U12 L02 X03 | approvals | approved | grant.approve | claims.approver claims.beneficiary claims.actions claims.until
  approval refused or withdrawn | U02 U12 | approvals | denied, revoked | grant.deny grant.revoke | claims.approvalId claims.approver
  deploy record: repository, commit, reviewers, objects with digests | D01 D04 D05 D07 D08 D09 P01 P04 L04 L05 | deployments | jobtrail.deploy.v1 | deploy | Resource claims.commit claims.reviewers claims.objects
  jobs and batches as Dataproc lists them | L01 L08 L12 | observed | dataproc.projects.regions.jobs.list, dataproc.projects.locations.batches.list | job.observe | JobId Project claims.state
  jobs as Dataflow lists them | L01 L08 L12 | observed | dataflow.projects.locations.jobs.list | job.observe | JobId Project claims.state
  runs as Databricks lists them | L01 L08 L12 | observed | databricks.jobs.runs.list | job.observe | JobId Project claims.state
  what sinks exported and could not, what waits in subscriptions | L07 L08 L09 | observed | monitoring.projects.timeSeries.list | metric.observe | Project claims.metric claims.value claims.endTime
  that a path carries: which one, when it was sent, its signature | L08 | canary | jobtrail.canary.v1 | telemetry.write | claims.path claims.nonce claims.sentAt claims.mac
`);
