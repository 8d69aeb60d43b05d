# What calls the functions that nothing pushes to. The next call is the retry, where it comes within a minute.
locals {
  schedules = merge(
    {
      reconcile = { uri = module.reconcile.uri, path = "/", cron = local.catalogue.reconcile.schedule, deadline = "60s", retries = 0 }
      sweep     = { uri = module.deliver.uri, path = "/sweep", cron = "* * * * *", deadline = "60s", retries = 0 }
    },
    var.canary == null ? {} : {
      canary = { uri = module.canary[0].uri, path = "/", cron = var.canary.schedule, deadline = "60s", retries = 2 }
    },
    var.observe == null ? {} : {
      observed = { uri = module.observed[0].uri, path = "/", cron = var.observe.schedule, deadline = "300s", retries = 3 }
    },
  )
}

resource "google_cloud_scheduler_job" "this" {
  for_each         = local.schedules
  project          = var.project_id
  region           = var.region
  name             = "jobtrail-${each.key}"
  schedule         = each.value.cron
  time_zone        = "Etc/UTC"
  attempt_deadline = each.value.deadline

  retry_config {
    retry_count          = each.value.retries
    min_backoff_duration = "10s"
  }

  http_target {
    http_method = "POST"
    uri         = "${each.value.uri}${each.value.path}"
    oidc_token {
      service_account_email = google_service_account.scheduler.email
      audience              = each.value.uri
    }
  }

  depends_on = [google_project_service.this]
}
