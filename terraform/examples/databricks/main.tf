# Databricks on Google Cloud added to an organisation: the audit log that it delivers to a bucket, and its runs as its API lists
# them. Its clusters' service accounts are seen in the sources beside it.
module "jobtrail" {
  source          = "../.."
  project_id      = var.project_id
  region          = var.region
  scope           = { organization_id = var.organization_id }
  function_bundle = var.function_bundle

  sources = {
    bigquery = {}
    databricks = {
      buckets = { delivery = var.delivery_bucket }
      # Cloud Storage tells of new objects as the agent of the bucket's project.
      publishers = { storage-of-delivery = "serviceAccount:service-${var.delivery_project_number}@gs-project-accounts.iam.gserviceaccount.com" }
    }
    iam      = {}
    logging  = {}
    platform = {}
    storage  = {}
  }

  # In jobtrail.yaml: observe.databricks with tokenFrom: file:/secrets/workspace/value
  observe = { databricks_tokens = ["workspace"], metrics = { pipeline = var.project_id } }

  secret_versions = { CANARY_KEY = "1", workspace = "1" }
  secret_values   = var.secret_values
}

output "store" {
  description = "For `jobtrail query --store`."
  value       = module.jobtrail.store
}
