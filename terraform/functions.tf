# What is no endpoint of a source: findings to people and back, the rounds of each minute, canaries and polls.
locals {
  callbacks = try(var.receivers.slack || var.receivers.pagerduty, false)
  deployed = concat(
    keys(var.sources),
    ["deliver", "reconcile"],
    local.callbacks ? ["callbacks"] : [],
    var.canary == null ? [] : ["canary"],
    var.observe == null ? [] : ["observed"],
  )
  members = merge(
    { for name, f in module.source_function : name => f.member },
    { deliver = module.deliver.member, reconcile = module.reconcile.member },
    { for name, f in { callbacks = module.callbacks, canary = module.canary, observed = module.observed } : name => f[0].member if length(f) == 1 },
  )
  common = {
    project_id            = var.project_id
    region                = var.region
    build_service_account = google_service_account.build.id
    database              = { for name, f in local.catalogue : name => { instance = module.store.instance, name = module.store.database, role = f.databaseRole } if can(f.databaseRole) }
    bundle                = { for name in keys(local.catalogue) : name => { file = replace(local.function_bundle, "{name}", name), bucket = google_storage_bucket.bundles.name } }
  }
  scheduled = { scheduler = google_service_account.scheduler.member }
}

# Topic and subscription of findings: made as those of a source, without sinks.
module "findings" {
  source     = "./modules/source"
  project_id = var.project_id
  name       = "findings"
  push = {
    endpoint        = module.deliver.uri
    audience        = module.deliver.uri
    service_account = google_service_account.push.email
  }
  pubsub_agent        = local.pubsub_agent
  retention           = var.message_retention
  kms_key_name        = var.kms_keys.pubsub
  persistence_regions = var.persistence_regions
  labels              = var.labels
  depends_on          = [google_project_service.this, google_kms_crypto_key_iam_member.agents]
}

module "deliver" {
  source                = "./modules/function"
  project_id            = local.common.project_id
  region                = local.common.region
  name                  = "deliver"
  bundle                = local.common.bundle["deliver"]
  build_service_account = local.common.build_service_account
  database              = local.common.database["deliver"]
  secret_environment    = { for name in var.channel_secrets : name => local.secret_ids[name] }
  invokers              = merge({ push = google_service_account.push.member }, local.scheduled)
  max_instances         = 5
  labels                = var.labels
  depends_on            = [terraform_data.builds, google_secret_manager_secret_version.this]
}

module "reconcile" {
  source                = "./modules/function"
  project_id            = local.common.project_id
  region                = local.common.region
  name                  = "reconcile"
  bundle                = local.common.bundle["reconcile"]
  build_service_account = local.common.build_service_account
  database              = local.common.database["reconcile"]
  findings              = { topic = module.findings.topic }
  environment = merge(
    var.canary == null ? {} : { JOBTRAIL_CANARY_KEY = "file:/secrets/canary-key/value" },
    { JOBTRAIL_ASK_LOGGING = length(var.look_up) > 0 ? "true" : "false" },
  )
  secret_files  = var.canary == null ? {} : { canary-key = local.secret_ids["CANARY_KEY"] }
  project_roles = { for name, project in var.look_up : "look-up-${name}" => { project = project, role = local.catalogue.reconcile.projectRoles.lookUp } }
  invokers      = local.scheduled
  # A round uses the whole instance; a second one at once gains nothing.
  concurrency   = 1
  max_instances = 1
  labels        = var.labels
  depends_on    = [terraform_data.builds, google_secret_manager_secret_version.this]
}

module "callbacks" {
  source                = "./modules/function"
  count                 = local.callbacks ? 1 : 0
  project_id            = local.common.project_id
  region                = local.common.region
  name                  = "callbacks"
  bundle                = local.common.bundle["callbacks"]
  build_service_account = local.common.build_service_account
  database              = local.common.database["callbacks"]
  findings              = { topic = module.findings.topic }
  environment = merge(
    var.receivers.slack ? { JOBTRAIL_SLACK_SIGNING_SECRETS = "env:SLACK_SIGNING_SECRET" } : {},
    var.receivers.pagerduty ? { JOBTRAIL_PAGERDUTY_SIGNING_SECRETS = "env:PAGERDUTY_SIGNING_SECRET" } : {},
  )
  secret_environment = merge(
    var.receivers.slack ? { SLACK_SIGNING_SECRET = local.secret_ids["SLACK_SIGNING_SECRET"] } : {},
    var.receivers.pagerduty ? { PAGERDUTY_SIGNING_SECRET = local.secret_ids["PAGERDUTY_SIGNING_SECRET"] } : {},
  )
  # Slack and PagerDuty have no token of Google's: their signatures are verified by the function.
  ingress       = "ALLOW_INTERNAL_AND_GCLB"
  invokers      = { anybody = "allUsers" }
  max_instances = 3
  labels        = var.labels
  depends_on    = [terraform_data.builds, google_secret_manager_secret_version.this]
}

module "canary" {
  source                = "./modules/function"
  count                 = var.canary == null ? 0 : 1
  project_id            = local.common.project_id
  region                = local.common.region
  name                  = "canary"
  bundle                = local.common.bundle["canary"]
  build_service_account = local.common.build_service_account
  environment           = { JOBTRAIL_CANARY_KEY = "file:/secrets/canary-key/value" }
  secret_files          = { canary-key = local.secret_ids["CANARY_KEY"] }
  project_roles         = { for name, project in var.canary.projects : "canary-${name}" => { project = project, role = local.catalogue.canary.projectRoles.canary } }
  invokers              = local.scheduled
  max_instances         = 1
  labels                = var.labels
  depends_on            = [terraform_data.builds, google_secret_manager_secret_version.this]
}

module "observed" {
  source                = "./modules/function"
  count                 = var.observe == null ? 0 : 1
  project_id            = local.common.project_id
  region                = local.common.region
  name                  = "observed"
  bundle                = local.common.bundle["observed"]
  build_service_account = local.common.build_service_account
  database              = local.common.database["observed"]
  findings              = { topic = module.findings.topic }
  secret_files          = { for name in var.observe.databricks_tokens : name => local.secret_ids[name] }
  project_roles = merge([
    for kind, role in local.catalogue.observed.projectRoles : {
      for name, project in var.observe[kind] : "${kind}-${name}" => { project = project, role = role }
    }
  ]...)
  invokers = local.scheduled
  # Above the 240 s in which a poll ends itself.
  timeout_seconds = 300
  max_instances   = 1
  labels          = var.labels
  depends_on      = [terraform_data.builds, google_secret_manager_secret_version.this]
}
