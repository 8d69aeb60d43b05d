# An organisation whose jobs are started through Kong and an Istio mesh on GKE: every source of Google Cloud, mesh and gateway,
# approvals and deploy records, people in Slack and PagerDuty.
module "jobtrail" {
  source          = "../.."
  project_id      = var.project_id
  region          = var.region
  scope           = { organization_id = var.organization_id }
  function_bundle = var.function_bundle

  sources = {
    approvals   = { publishers = { changes = "serviceAccount:changes@${var.project_id}.iam.gserviceaccount.com" } }
    bigquery    = {}
    dataflow    = {}
    dataproc    = { min_instances = 1 }
    deployments = { publishers = { ci = "serviceAccount:ci@${var.project_id}.iam.gserviceaccount.com" } }
    iam         = {}
    # Some thousand requests a second: batches that are pulled cost a twentieth of requests that are pushed.
    istio       = { consumer = "pull", min_instances = 2, max_instances = 2, cpu = "2", memory = "1Gi" }
    kong        = { max_instances = 50 }
    kubernetes  = {}
    logging     = { min_instances = 1 }
    openlineage = { callers = { spark = "serviceAccount:spark@${var.project_id}.iam.gserviceaccount.com" } }
    platform    = {}
    pubsub      = {}
    spanner     = {}
    storage     = {}
  }

  receivers = {
    domain    = var.domain
    slack     = true
    pagerduty = true
    kong      = true
  }

  canary  = { projects = { mesh = var.mesh_project } }
  observe = { dataproc = var.job_projects, dataflow = var.job_projects, metrics = merge(var.job_projects, { pipeline = var.project_id }) }
  look_up = var.job_projects

  spanner = {
    edition     = "ENTERPRISE"
    autoscaling = { min_processing_units = 1000, max_processing_units = 5000 }
  }

  # Reads of objects are left out: they are most of the cost, and are switched on in the projects whose buckets matter.
  data_access_logs = {
    parent = "organizations/${var.organization_id}"
    services = {
      "bigquery.googleapis.com"      = ["ADMIN_READ", "DATA_READ", "DATA_WRITE"]
      "dataproc.googleapis.com"      = ["ADMIN_READ", "DATA_READ"]
      "iam.googleapis.com"           = ["ADMIN_READ", "DATA_READ"]
      "secretmanager.googleapis.com" = ["DATA_READ"]
      "sts.googleapis.com"           = ["ADMIN_READ", "DATA_READ"]
      "storage.googleapis.com"       = ["DATA_WRITE"]
    }
  }

  channel_secrets = ["SLACK_TOKEN", "PAGERDUTY_ROUTING_KEY"]
  secret_versions = {
    CANARY_KEY               = "1"
    KONG_SECRETS             = "1"
    PAGERDUTY_ROUTING_KEY    = "1"
    PAGERDUTY_SIGNING_SECRET = "1"
    SLACK_SIGNING_SECRET     = "1"
    SLACK_TOKEN              = "1"
  }
  secret_values = var.secret_values

  auditors              = var.auditors
  policy_admins         = var.policy_admins
  notification_channels = var.notification_channels
}

output "store" {
  description = "For `jobtrail query --store`."
  value       = module.jobtrail.store
}

output "receivers_address" {
  description = "What the A record of the domain names."
  value       = module.jobtrail.receivers_address
}

output "known_exemption" {
  description = "What the sinks leave out, for jobtrail.yaml."
  value       = module.jobtrail.known_exemption
}
