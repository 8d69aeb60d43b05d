/** Mistakes of those who deploy, each a small change of the deployment, with what the checks must say about it. */
import { appended, type Edit, inTurn, replaced, within, without } from './edits.ts';

export interface Mistake {
  readonly title: string;
  readonly file: string;
  readonly edit: Edit;
  /** Where Terraform is run: the module alone where that is enough. */
  readonly folder: string;
  /** Of test/terraform/variables/. */
  readonly values: string;
  /** Who sees it: Terraform with the provider's schema, at `validate`; at the apply; or the rules, after it. */
  readonly by: 'validate' | 'apply' | 'rules';
  readonly says: RegExp;
}

const SOURCE = {
  file: 'modules/source/main.tf',
  folder: 'modules/source',
  values: 'modules/source',
} as const;
const FUNCTION = { folder: 'modules/function', values: 'modules/function' } as const;
/** Where it takes several modules to see it. */
const ROOT = { folder: '.', values: 'small' } as const;
const SUBSCRIPTION = 'resource "google_pubsub_subscription" "this"';

const SCHEMA: readonly Mistake[] = [
  {
    title: 'a misspelt argument',
    ...SOURCE,
    edit: within(SUBSCRIPTION, replaced('ack_deadline_seconds ', 'ack_deadline_second ')),
    by: 'validate',
    says: /An argument named "ack_deadline_second" is not expected here\. Did you mean\s+"ack_deadline_seconds"/,
  },
  {
    title: 'an argument in the wrong block',
    ...SOURCE,
    edit: within(
      SUBSCRIPTION,
      inTurn(
        replaced(/\n +max_delivery_attempts = \S+/, ''),
        replaced('  retry_policy {\n', '  retry_policy {\n    max_delivery_attempts = 100\n'),
      ),
    ),
    by: 'validate',
    says: /An argument named "max_delivery_attempts" is not expected here/,
  },
  {
    title: 'a block of another resource',
    ...SOURCE,
    edit: within(SUBSCRIPTION, replaced('  retry_policy {', '  retry_config {')),
    by: 'validate',
    says: /Blocks of type "retry_config" are not expected here/,
  },
  {
    title: 'a value that the API does not know',
    file: 'modules/receivers/main.tf',
    folder: 'modules/receivers',
    values: 'modules/receivers',
    edit: replaced('"SERVERLESS"', '"SERVERLES"'),
    by: 'validate',
    says: /expected network_endpoint_type to be one of SERVERLESS, .* got SERVERLES\b/s,
  },
  {
    title: 'processing units beside the autoscaler',
    file: 'modules/store/main.tf',
    folder: 'modules/store',
    values: 'modules/store',
    edit: replaced('var.autoscaling == null ? var.processing_units : null', 'var.processing_units'),
    by: 'apply',
    says: /"autoscaling_config": conflicts with processing_units/,
  },
];

const MESSAGES: readonly Mistake[] = [
  {
    title: 'no grant for Pub/Sub to publish dead letters',
    ...SOURCE,
    edit: inTurn(
      without('resource "google_pubsub_topic_iam_member" "dead_letters"'),
      replaced('  depends_on = [google_pubsub_topic_iam_member.dead_letters]\n', ''),
    ),
    by: 'rules',
    says: /service agent may not publish to jobtrail-dataproc-dead, nothing is ever dead-lettered/,
  },
  {
    title: 'no grant for Pub/Sub to acknowledge what it dead-letters',
    ...SOURCE,
    edit: without('resource "google_pubsub_subscription_iam_member" "dead_letters"'),
    by: 'rules',
    says: /service agent may not acknowledge, nothing is ever dead-lettered/,
  },
  {
    title: 'a dead-letter topic without a subscription',
    ...SOURCE,
    edit: within(
      'resource "google_pubsub_subscription" "dead"',
      replaced('google_pubsub_topic.dead.id', 'google_pubsub_topic.this.id'),
    ),
    by: 'rules',
    says: /its dead-letter topic jobtrail-dataproc-dead has no subscription, what it is sent is lost/,
  },
  {
    title: 'five delivery attempts',
    ...SOURCE,
    edit: within(SUBSCRIPTION, replaced('var.max_delivery_attempts', '5')),
    by: 'rules',
    says: /gives up after 5 attempts, not 100: an outage fills the dead letters/,
  },
  {
    title: 'retention that ends before the retries',
    ...SOURCE,
    edit: within(SUBSCRIPTION, replaced('"604800s"', '"3600s"')),
    by: 'rules',
    says: /keeps messages for 3600s, its retries take up to 60000s: they end before the dead letters/,
  },
  {
    title: 'a subscription that expires when nothing happens',
    ...SOURCE,
    edit: within(SUBSCRIPTION, replaced('ttl = ""', 'ttl = "2678400s"')),
    by: 'rules',
    says: /is removed by Pub\/Sub after a month without messages/,
  },
  {
    title: "an Eventarc trigger, with Eventarc's limits, instead of a push subscription",
    ...SOURCE,
    edit: appended(`resource "google_eventarc_trigger" "this" {
  project         = var.project_id
  location        = "europe-west1"
  name            = local.id
  service_account = var.push.service_account
  matching_criteria {
    attribute = "type"
    value     = "google.cloud.pubsub.topic.v1.messagePublished"
  }
  destination {
    cloud_run_service {
      service = local.id
    }
  }
  transport {
    pubsub {
      topic = google_pubsub_topic.this.id
    }
  }
}
`),
    by: 'rules',
    says: /google_eventarc_trigger\.this delivers through Eventarc: kept for 24 hours, and nothing above 512 KB/,
  },
  {
    title: 'a sink that may not write to its topic',
    ...SOURCE,
    file: 'modules/source/sinks.tf',
    edit: without('resource "google_pubsub_topic_iam_member" "sink_writers"'),
    by: 'rules',
    says: /may not publish to jobtrail-dataproc, entries are dropped/,
  },
];

const PIPELINE: readonly Mistake[] = [
  {
    title: 'concurrency left at 1',
    ...ROOT,
    file: 'modules/function/main.tf',
    edit: replaced(/\n +max_instance_request_concurrency = \S+/, ''),
    by: 'rules',
    says: /source_function\["iam"\]\S+ is pushed to with concurrency 1/,
  },
  {
    title: 'a sink that feeds on itself',
    ...ROOT,
    file: 'sources.tf',
    edit: replaced(
      'merge({ jobtrail-own = local.own_entries }, each.value.exclusions)',
      'each.value.exclusions',
    ),
    by: 'rules',
    says: /does not exclude what jobtrail-iam@audit-prod\S+ does: it would feed on itself/,
  },
  {
    title: 'a sink that filters by method',
    ...SOURCE,
    file: 'modules/source/sinks.tf',
    edit: within(
      'resource "google_logging_organization_sink" "this"',
      replaced('var.filter\n', '"${var.filter} AND protoPayload.methodName=SetIamPolicy"\n'),
    ),
    by: 'rules',
    says: /filters by method: an unknown method would not arrive/,
  },
  {
    title: 'public ingress for a function that is pushed to',
    ...FUNCTION,
    file: 'modules/function/main.tf',
    edit: replaced(/(?<=ingress_settings +)= var\.ingress/, '= "ALLOW_ALL"'),
    by: 'rules',
    says: /google_cloudfunctions2_function\.this\[0\] is reached from outside: ingress ALLOW_ALL/,
  },
  {
    title: 'an editor of the whole project',
    ...FUNCTION,
    file: 'modules/function/identity.tf',
    edit: appended(`resource "google_project_iam_member" "editor" {
  project = var.project_id
  role    = "roles/editor"
  member  = google_service_account.this.member
}
`),
    by: 'rules',
    says: /gives serviceAccount:jobtrail-callbacks@audit-prod\S+ roles\/editor over everything/,
  },
  {
    title: 'a database that can be dropped',
    file: 'modules/store/main.tf',
    folder: 'modules/store',
    values: 'modules/store',
    edit: replaced(/(?<=enable_drop_protection +)= var\.deletion_protection/, '= false'),
    by: 'rules',
    says: /google_spanner_database\.\S+ can be dropped/,
  },
];

const IDENTITY = { ...FUNCTION, file: 'modules/function/identity.tf', by: 'rules' } as const;
const EVIDENCE = {
  file: 'modules/evidence/main.tf',
  folder: 'modules/evidence',
  values: 'modules/evidence',
  by: 'rules',
} as const;

const GRANTS: readonly Mistake[] = [
  {
    title: 'no grant for the push account to call a function',
    ...ROOT,
    file: 'sources.tf',
    edit: replaced('    { push = google_service_account.push.member },\n', ''),
    by: 'rules',
    says: /jobtrail-push@audit-prod\S+ may not invoke jobtrail-iam/,
  },
  {
    title: 'a schedule that signs in for another address than that of its function',
    ...ROOT,
    file: 'schedules.tf',
    edit: replaced(/(?<=audience +)= each\.value\.uri/, '= "${each.value.uri}${each.value.path}"'),
    by: 'rules',
    says: /google_cloud_scheduler_job\.this\["sweep"\] signs in for \S+\/sweep at jobtrail-deliver/,
  },
  {
    title: 'a schedule that is paused',
    ...ROOT,
    file: 'schedules.tf',
    edit: replaced('  time_zone ', '  paused = true\n  time_zone '),
    by: 'rules',
    says: /google_cloud_scheduler_job\.this\["reconcile"\] is paused/,
  },
  {
    title: 'no grant of the database role',
    ...IDENTITY,
    edit: without('resource "google_spanner_database_iam_member" "role"'),
    says: /may not use the database role jobtrail_alerts/,
  },
  {
    title: 'every database role instead of one',
    ...IDENTITY,
    edit: within(
      'resource "google_spanner_database_iam_member" "role"',
      replaced(/\n {2}condition \{[^]+\n {2}\}/, ''),
    ),
    says: /may use other database roles than jobtrail_alerts/,
  },
  {
    title: 'no grant to publish findings',
    ...IDENTITY,
    edit: without('resource "google_pubsub_topic_iam_member" "findings"'),
    says: /may not publish to jobtrail-findings: findings wait for the sweep/,
  },
  {
    title: 'no grant for a worker to pull',
    ...ROOT,
    file: 'modules/source/main.tf',
    edit: without('resource "google_pubsub_subscription_iam_member" "worker"'),
    by: 'rules',
    says: /jobtrail-logging@audit-prod\S+ may not pull jobtrail-logging/,
  },
  {
    title: 'no grant to read a secret',
    ...IDENTITY,
    edit: within(
      'resource "google_secret_manager_secret_iam_member" "reader"',
      replaced('roles/secretmanager.secretAccessor', 'roles/secretmanager.viewer'),
    ),
    says: /may not read jobtrail-/,
  },
];

const KEEPING: readonly Mistake[] = [
  {
    title: 'a database without backups',
    file: 'modules/store/main.tf',
    folder: 'modules/store',
    values: 'modules/store',
    edit: without('resource "google_spanner_backup_schedule" "full"'),
    by: 'rules',
    says: /google_spanner_database\.this is not backed up/,
  },
  {
    title: 'an evidence bucket that can be emptied',
    ...EVIDENCE,
    edit: replaced(/\n {2}retention_policy \{[^}]+\}\n/, ''),
    says: /signer signs is kept in no bucket with a retention policy/,
  },
  {
    title: 'a key of another algorithm than checkpoints have',
    ...EVIDENCE,
    edit: replaced('EC_SIGN_ED25519', 'EC_SIGN_P256_SHA256'),
    says: /does not sign with Ed25519/,
  },
  {
    title: "a topic's key that Pub/Sub may not use",
    ...ROOT,
    file: 'main.tf',
    edit: replaced('roles/cloudkms.cryptoKeyEncrypterDecrypter', 'roles/cloudkms.cryptoKeyDecrypter'),
    by: 'rules',
    says: /Pub\/Sub may not use projects\/keys\S+, no message is taken/,
  },
];

export const MISTAKES: readonly Mistake[] = [...SCHEMA, ...MESSAGES, ...PIPELINE, ...GRANTS, ...KEEPING];
