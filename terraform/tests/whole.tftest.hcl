# Everything at once: pull, receivers, keys of one's own, audit configuration.
mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
}

variables {
  project_id          = "acme-audit"
  region              = "europe-west1"
  scope               = { folder_ids = { data = "folders/111", models = "folders/222" } }
  function_bundle     = "./tests/bundle.zip"
  deletion_protection = false
  sources = {
    approvals   = { publishers = { changes = "serviceAccount:changes@acme-audit.iam.gserviceaccount.com" } }
    databricks  = { buckets = { delivery = "acme-databricks-audit" } }
    dataproc    = {}
    iam         = {}
    istio       = { consumer = "pull" }
    kong        = {}
    logging     = {}
    openlineage = { callers = { spark = "serviceAccount:spark@acme-audit.iam.gserviceaccount.com" } }
  }
  receivers = { domain = "jobtrail.acme.example", slack = true, pagerduty = true, kong = true }
  observe   = { dataproc = { data = "acme-data" }, databricks_tokens = ["workspace"] }
  look_up   = { data = "acme-data" }
  kms_keys = {
    pubsub = "projects/k/locations/europe-west1/keyRings/r/cryptoKeys/p"
  }
  data_access_logs = { parent = "organizations/987654321098" }
  channel_secrets  = ["SLACK_TOKEN"]
  secret_versions  = { SLACK_TOKEN = "1" }
  secret_values    = { SLACK_TOKEN = "xoxb-invented" }
  auditors         = { audit = "group:audit@acme.example" }
  spanner          = { edition = "ENTERPRISE", autoscaling = { min_processing_units = 1000, max_processing_units = 3000 } }
}

run "it_applies_as_a_whole" {
  command = apply

  assert {
    condition     = length(module.source["dataproc"].sinks) == 2 && length(module.source["approvals"].sinks) == 0
    error_message = "a sink in each folder, and none for what is published"
  }

  assert {
    condition     = module.source_function["istio"].uri == null && module.source_function["dataproc"].uri != null
    error_message = "a worker has no address"
  }

  assert {
    condition     = local.worker_image == "europe-west1-docker.pkg.dev/acme-audit/jobtrail/pull:${substr(filesha256("./tests/bundle.zip"), 0, 16)}" && local.min_instances["istio"] == 1
    error_message = "one variable makes a worker of a function: its image is that of its zip"
  }

  assert {
    condition     = toset(keys(local.received)) == toset(["callbacks", "kong", "openlineage"])
    error_message = "the load balancer has those that are reached from outside, and no other"
  }

  assert {
    condition     = toset(keys(output.secrets)) == toset(["CANARY_KEY", "KONG_SECRETS", "PAGERDUTY_SIGNING_SECRET", "SLACK_SIGNING_SECRET", "SLACK_TOKEN", "workspace"])
    error_message = "a secret for each that a function reads"
  }

  assert {
    condition     = alltrue([for job in values(google_cloud_scheduler_job.this) : startswith(job.http_target[0].uri, job.http_target[0].oidc_token[0].audience)])
    error_message = "a schedule signs for the function that it calls"
  }

  assert {
    condition     = toset(keys(google_kms_crypto_key_iam_member.agents)) == toset(["pubsub"])
    error_message = "the agent whose key it is may use it"
  }
}
