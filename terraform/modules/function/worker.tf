# The StreamingPull worker of a source: no address, so no ingress and no invokers. docs/pull-worker.md
resource "google_cloud_run_v2_worker_pool" "this" {
  count               = var.runtime == "worker-pool" ? 1 : 0
  project             = var.project_id
  location            = var.region
  name                = local.service
  description         = "Jobtrail: functions/pull for ${var.name}"
  labels              = var.labels
  deletion_protection = false

  # A pool does not scale by what waits in the subscription: the alert backlog-age tells when it has too few.
  scaling {
    scaling_mode          = "MANUAL"
    manual_instance_count = var.min_instances
  }

  template {
    service_account = google_service_account.this.email
    containers {
      image = var.worker_image
      resources {
        limits = {
          cpu    = var.cpu
          memory = var.memory
        }
      }

      dynamic "env" {
        for_each = merge(local.environment, {
          JOBTRAIL_SOURCE = var.name
          # By its name: the subscription is made after the account that it is granted to.
          JOBTRAIL_SUBSCRIPTION = "projects/${var.project_id}/subscriptions/${local.service}"
        })
        content {
          name  = env.key
          value = env.value
        }
      }
    }
  }
}
