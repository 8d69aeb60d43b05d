# A function of the 2nd generation, or the same core as a StreamingPull worker. Its identity (identity.tf) stays when one is
# exchanged for the other.
locals {
  service = "jobtrail-${var.name}"
  store = var.database == null ? {} : {
    JOBTRAIL_STORE = "spanner:projects/${var.project_id}/instances/${var.database.instance}/databases/${var.database.name}/databaseRoles/${var.database.role}"
  }
  findings = var.findings == null ? {} : { JOBTRAIL_FINDINGS_TOPIC = var.findings.topic }
  environment = merge(
    { GOOGLE_CLOUD_PROJECT = var.project_id },
    local.store,
    local.findings,
    var.environment,
  )
  # Static, so that what is made from it is known before the apply.
  account = "${local.service}@${var.project_id}.iam.gserviceaccount.com"
  secrets = merge(
    { for name, secret in var.secret_environment : "env-${name}" => secret },
    { for folder, secret in var.secret_files : "file-${folder}" => secret },
  )
}

resource "google_storage_bucket_object" "bundle" {
  count  = var.runtime == "function" ? 1 : 0
  bucket = var.bundle.bucket
  # An object that is replaced under its name is not deployed again.
  name         = "${var.name}-${fileexists(var.bundle.file) ? filesha256(var.bundle.file) : "missing"}.zip"
  source       = var.bundle.file
  content_type = "application/zip"

  lifecycle {
    precondition {
      condition     = fileexists(var.bundle.file)
      error_message = "There is no ${var.bundle.file}. Run `npm run build -- --config FOLDER` first (docs/deploy.md)."
    }
  }
}

resource "google_cloudfunctions2_function" "this" {
  count       = var.runtime == "function" ? 1 : 0
  project     = var.project_id
  location    = var.region
  name        = local.service
  description = "Jobtrail: functions/${var.name}"
  labels      = var.labels

  build_config {
    runtime         = "nodejs24"
    entry_point     = var.name
    service_account = var.build_service_account
    source {
      storage_source {
        bucket = var.bundle.bucket
        object = google_storage_bucket_object.bundle[0].name
      }
    }
  }

  service_config {
    available_cpu                    = var.cpu
    available_memory                 = var.memory
    timeout_seconds                  = var.timeout_seconds
    max_instance_request_concurrency = var.concurrency
    min_instance_count               = var.min_instances
    max_instance_count               = var.max_instances
    ingress_settings                 = var.ingress
    all_traffic_on_latest_revision   = true
    service_account_email            = google_service_account.this.email
    environment_variables            = local.environment

    dynamic "secret_environment_variables" {
      for_each = var.secret_environment
      content {
        key        = secret_environment_variables.key
        project_id = var.project_id
        secret     = secret_environment_variables.value
        version    = "latest"
      }
    }

    dynamic "secret_volumes" {
      for_each = var.secret_files
      content {
        mount_path = "/secrets/${secret_volumes.key}"
        project_id = var.project_id
        secret     = secret_volumes.value
        versions {
          path    = "value"
          version = "latest"
        }
      }
    }
  }

  # A revision whose account cannot read its secrets is refused.
  depends_on = [google_secret_manager_secret_iam_member.reader]
}
