# Each source: its function or worker, its topic and sinks.
locals {
  # Accounts by name, known before the apply: sinks exclude what they do, and each is made with its function.
  accounts = { for name in local.deployed : name => "jobtrail-${name}@${var.project_id}.iam.gserviceaccount.com" }

  push_account = "jobtrail-push@${var.project_id}.iam.gserviceaccount.com"

  # What the pipeline itself causes while it works would come back as work. docs/sink-filters.md says what is not seen for it.
  own_entries = templatefile("${path.module}/filters/own-entries.txt", {
    service_accounts = join(" OR ", [for email in concat(values(local.accounts), [local.push_account]) : "\"${email}\""])
    project_number   = local.number
    project_id       = var.project_id
  })

  # A worker that is not there pulls nothing; a function is made when something comes.
  min_instances = { for name, s in var.sources : name => coalesce(s.min_instances, s.consumer == "pull" ? 1 : 0) }

  # Functions that are reached from outside as well.
  called = {
    for name, settings in var.sources : name => settings.callers
    if length(settings.callers) > 0
  }
  kong_receives = try(var.receivers.kong, false)

  source_environment = {
    databricks = { JOBTRAIL_DATABRICKS_BUCKETS = join(",", values(try(var.sources.databricks.buckets, {}))) }
    kong = local.kong_receives ? {
      # It must let Kong in, which has no token of Google's, so it checks the pushes itself.
      JOBTRAIL_PUSH_AUTH            = "self"
      JOBTRAIL_PUSH_AUDIENCE        = local.kong_audience
      JOBTRAIL_PUSH_SERVICE_ACCOUNT = google_service_account.push.email
    } : {}
  }
  kong_audience = "jobtrail-kong"
}

module "source_function" {
  source                = "./modules/function"
  for_each              = var.sources
  project_id            = var.project_id
  region                = var.region
  name                  = each.key
  runtime               = each.value.consumer == "pull" ? "worker-pool" : "function"
  worker_image          = local.worker_image
  bundle                = { file = replace(local.function_bundle, "{name}", each.key), bucket = google_storage_bucket.bundles.name }
  build_service_account = google_service_account.build.id
  database              = { instance = module.store.instance, name = module.store.database, role = local.catalogue[each.key].databaseRole }
  findings              = { topic = module.findings.topic }
  environment           = lookup(local.source_environment, each.key, {})
  secret_environment    = each.key == "kong" && local.kong_receives ? { JOBTRAIL_KONG_SECRETS = local.secret_ids["KONG_SECRETS"] } : {}
  bucket_roles          = { for name, bucket in each.value.buckets : name => { bucket = bucket, role = local.catalogue[each.key].bucketRole } }
  ingress               = contains(keys(local.called), each.key) || (each.key == "kong" && local.kong_receives) ? "ALLOW_INTERNAL_AND_GCLB" : "ALLOW_INTERNAL_ONLY"
  invokers = merge(
    { push = google_service_account.push.member },
    { for name, member in each.value.callers : "caller-${name}" => member },
    each.key == "kong" && local.kong_receives ? { anybody = "allUsers" } : {},
  )
  concurrency   = each.value.concurrency
  cpu           = each.value.cpu
  memory        = each.value.memory
  min_instances = local.min_instances[each.key]
  max_instances = max(each.value.max_instances, local.min_instances[each.key])
  labels        = var.labels
  depends_on    = [terraform_data.builds, google_secret_manager_secret_version.this]
}

module "source" {
  source     = "./modules/source"
  for_each   = var.sources
  project_id = var.project_id
  name       = each.key
  scope      = var.scope
  filter     = local.catalogue[each.key].kind == "log" ? file("${path.module}/filters/${each.key}.txt") : null
  exclusions = merge({ jobtrail-own = local.own_entries }, each.value.exclusions)
  publishers = merge(
    each.value.publishers,
    local.catalogue[each.key].kind == "bucket" ? { storage = local.storage_agent } : {},
  )
  push = each.value.consumer == "pull" ? null : {
    endpoint        = module.source_function[each.key].uri
    audience        = each.key == "kong" && local.kong_receives ? local.kong_audience : module.source_function[each.key].uri
    service_account = google_service_account.push.email
  }
  pull_member         = each.value.consumer == "pull" ? module.source_function[each.key].member : null
  pubsub_agent        = local.pubsub_agent
  retention           = var.message_retention
  kms_key_name        = var.kms_keys.pubsub
  persistence_regions = var.persistence_regions
  labels              = var.labels
  depends_on          = [google_project_service.this, google_kms_crypto_key_iam_member.agents]
}

# Buckets that audit events are delivered to tell of each object.
resource "google_storage_notification" "delivery" {
  for_each       = try(var.sources.databricks.buckets, {})
  bucket         = each.value
  topic          = module.source["databricks"].topic
  payload_format = "JSON_API_V1"
  event_types    = ["OBJECT_FINALIZE"]
  # Refused where the agent of Cloud Storage may not publish yet.
  depends_on = [module.source]
}
