# Its own service account, and what that may do: roles on single resources, none on the project of the pipeline.
resource "google_service_account" "this" {
  project      = var.project_id
  account_id   = local.service
  display_name = "Jobtrail ${var.name}"
}

# FGAC: the account may use one database role and nothing beside it (schemas/spanner/optional/roles.sql).
resource "google_spanner_database_iam_member" "access" {
  count    = var.database == null ? 0 : 1
  project  = var.project_id
  instance = var.database.instance
  database = var.database.name
  role     = "roles/spanner.fineGrainedAccessUser"
  member   = google_service_account.this.member
}

resource "google_spanner_database_iam_member" "role" {
  count    = var.database == null ? 0 : 1
  project  = var.project_id
  instance = var.database.instance
  database = var.database.name
  role     = "roles/spanner.databaseRoleUser"
  member   = google_service_account.this.member
  condition {
    title      = var.database.role
    expression = "resource.type == \"spanner.googleapis.com/DatabaseRole\" && resource.name.endsWith(\"/${var.database.role}\")"
  }
}

resource "google_pubsub_topic_iam_member" "findings" {
  count   = var.findings == null ? 0 : 1
  project = var.project_id
  topic   = var.findings.topic
  role    = "roles/pubsub.publisher"
  member  = google_service_account.this.member
}

resource "google_secret_manager_secret_iam_member" "reader" {
  for_each  = local.secrets
  project   = var.project_id
  secret_id = each.value
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.this.member
}

resource "google_project_iam_member" "elsewhere" {
  for_each = var.project_roles
  project  = each.value.project
  role     = each.value.role
  member   = google_service_account.this.member
}

resource "google_storage_bucket_iam_member" "elsewhere" {
  for_each = var.bucket_roles
  bucket   = each.value.bucket
  role     = each.value.role
  member   = google_service_account.this.member
}

# Functions of the 2nd generation are invoked through the IAM of their Cloud Run service.
resource "google_cloud_run_v2_service_iam_member" "invoker" {
  for_each = var.runtime == "function" ? var.invokers : {}
  project  = var.project_id
  location = var.region
  name     = google_cloudfunctions2_function.this[0].name
  role     = "roles/run.invoker"
  member   = each.value
}
