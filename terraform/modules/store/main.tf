# Cloud Spanner: instance, database with the product's schema, backups, and who may read it.
resource "google_spanner_instance" "this" {
  project          = var.project_id
  name             = "jobtrail"
  config           = var.instance_config
  display_name     = "jobtrail"
  edition          = var.edition
  processing_units = var.autoscaling == null ? var.processing_units : null
  # Backups are those of the schedule below.
  default_backup_schedule_type = "NONE"

  # Backups keep an instance from being removed; what may be removed takes them along.
  force_destroy   = !var.deletion_protection
  labels          = var.labels
  deletion_policy = var.deletion_protection ? "PREVENT" : "DELETE"

  dynamic "autoscaling_config" {
    for_each = var.autoscaling == null ? [] : [var.autoscaling]
    content {
      autoscaling_limits {
        min_processing_units = autoscaling_config.value.min_processing_units
        max_processing_units = autoscaling_config.value.max_processing_units
      }
      autoscaling_targets {
        high_priority_cpu_utilization_percent = 65
        storage_utilization_percent           = 90
      }
    }
  }
}

resource "google_spanner_database" "this" {
  project                  = var.project_id
  instance                 = google_spanner_instance.this.name
  name                     = "jobtrail"
  database_dialect         = "GOOGLE_STANDARD_SQL"
  version_retention_period = var.version_retention
  ddl                      = var.ddl
  # One is Terraform's own; the other is the API's, against the console and gcloud as well.
  deletion_protection    = var.deletion_protection
  enable_drop_protection = var.deletion_protection

  dynamic "encryption_config" {
    for_each = var.kms_key_name == null ? [] : [var.kms_key_name]
    content {
      kms_key_name = encryption_config.value
    }
  }

  lifecycle {
    # A statement that differs would replace the database. `jobtrail migrate` applies what is new, and knows what is there.
    ignore_changes = [ddl]
  }
}

resource "google_spanner_backup_schedule" "full" {
  count              = var.backup == null ? 0 : 1
  project            = var.project_id
  instance           = google_spanner_instance.this.name
  database           = google_spanner_database.this.name
  name               = "jobtrail-full"
  retention_duration = "${var.backup.retention_days * 86400}s"

  spec {
    cron_spec {
      text = var.backup.cron
    }
  }

  full_backup_spec {}

  encryption_config {
    encryption_type = "USE_DATABASE_ENCRYPTION"
  }
}

locals {
  readers = merge(
    { for name, member in var.auditors : "auditor-${name}" => { member = member, role = "jobtrail_auditor" } },
    { for name, member in var.policy_admins : "policy-${name}" => { member = member, role = "jobtrail_policy" } },
    { for name, member in var.on_call : "on-call-${name}" => { member = member, role = "jobtrail_oncall" } },
    { for name, member in var.operators : "operator-${name}" => { member = member, role = "jobtrail_operator" } },
  )
}

resource "google_spanner_database_iam_member" "people" {
  for_each = local.readers
  project  = var.project_id
  instance = google_spanner_instance.this.name
  database = google_spanner_database.this.name
  role     = "roles/spanner.fineGrainedAccessUser"
  member   = each.value.member
}

resource "google_spanner_database_iam_member" "people_role" {
  for_each = local.readers
  project  = var.project_id
  instance = google_spanner_instance.this.name
  database = google_spanner_database.this.name
  role     = "roles/spanner.databaseRoleUser"
  member   = each.value.member
  condition {
    title      = each.value.role
    expression = "resource.type == \"spanner.googleapis.com/DatabaseRole\" && resource.name.endsWith(\"/${each.value.role}\")"
  }
}
