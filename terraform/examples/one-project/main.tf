# The least there is: one project's Dataproc and Dataflow jobs, what they touch, and who changes what they may do.
module "jobtrail" {
  source          = "../.."
  project_id      = var.project_id
  region          = var.region
  scope           = { project_ids = { watched = var.watched_project } }
  function_bundle = var.function_bundle

  sources = {
    bigquery = {}
    dataflow = {}
    dataproc = {}
    iam      = {}
    logging  = {}
    platform = {}
    storage  = {}
  }

  canary  = { projects = { watched = var.watched_project } }
  observe = { dataproc = { watched = var.watched_project }, dataflow = { watched = var.watched_project }, metrics = { pipeline = var.project_id } }

  secret_versions = { CANARY_KEY = "1" }
  secret_values   = var.secret_values

  # A trial that can be removed again.
  deletion_protection = false
}

output "store" {
  description = "For `jobtrail query --store`."
  value       = module.jobtrail.store
}
