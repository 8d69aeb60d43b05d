/**
 * Which IAM roles let somebody write what counts as evidence: publish messages (`pubsub.topics.publish`), or write log entries
 * (`logging.logEntries.create`). https://docs.cloud.google.com/iam/docs/roles-permissions
 *
 * `roles/logging.bucketWriter` and `roles/logging.configWriter` are not among them: what is routed into a bucket passes no sink of
 * the bucket's project, and keeps the name of the log that it was written to.
 */
import { isCustomRole } from './bindings.ts';

/** Of both, whatever else they allow. */
const BOTH = [
  'roles/owner',
  'roles/editor',
  'roles/admin',
  'roles/writer',
  'roles/iam.devOps',
  'roles/composer.worker',
  'roles/cloudbuild.builds.builder',
  'roles/storagetransfer.transferAgent',
] as const;

const PUBLISH: ReadonlySet<string> = new Set([
  ...BOTH,
  'roles/pubsub.admin',
  'roles/pubsub.editor',
  'roles/pubsub.publisher',
  'roles/iam.dataScientist',
  'roles/managedidentities.domaincontrollerOperator',
  'roles/run.sourceDeveloper',
]);

const WRITE_ENTRIES: ReadonlySet<string> = new Set([
  ...BOTH,
  'roles/logging.admin',
  'roles/logging.logWriter',
  'roles/telemetry.logsWriter',
  'roles/telemetry.writer',
  'roles/clouddeploy.jobRunner',
  'roles/confidentialcomputing.gkeWorkloadUser',
  'roles/confidentialcomputing.workloadUser',
  'roles/config.agent',
  'roles/container.defaultNodeServiceAccount',
  'roles/container.nodeServiceAccount',
  'roles/dataflow.worker',
  'roles/dataproc.hubAgent',
  'roles/dataproc.worker',
  'roles/developerconnect.insightsAgent',
  'roles/firebaseapphosting.computeRunner',
  'roles/gkemulticloud.telemetryWriter',
  'roles/iam.infrastructureAdmin',
  'roles/iam.networkAdmin',
  'roles/run.builder',
]);

/** Roles made for Google's own agents. Many contain both, and what they contain changes with the service. */
export const isAgentRole = (role: string): boolean => /serviceAgent$/i.test(role);

/** Undefined where the entry does not tell: what a custom role contains, and one of Google's agents. */
export const publishes = (role: string): boolean | undefined => among(PUBLISH, role);
export const writesEntries = (role: string): boolean | undefined => among(WRITE_ENTRIES, role);

const among = (roles: ReadonlySet<string>, role: string): boolean | undefined =>
  roles.has(role) || (isCustomRole(role) || isAgentRole(role) ? undefined : false);
