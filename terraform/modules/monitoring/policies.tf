# Alert policies of the pipeline itself, by the names of their runbooks in docs/operations.md. What Jobtrail finds in the logs
# goes another way: this one has to work while that one is down.
locals {
  pushed = join("|", values(var.subscriptions))
  dead   = join("|", values(var.dead_subscriptions))
  metric = "logging_googleapis_com:user_jobtrail"

  policies = merge(
    {
      backlog-age = {
        title    = "messages wait for longer than ${var.thresholds.backlog_seconds} s"
        severity = "CRITICAL"
        query    = "max by (subscription_id) (pubsub_googleapis_com:subscription_oldest_unacked_message_age{monitored_resource=\"pubsub_subscription\", subscription_id=~\"${local.pushed}\"}) > ${var.thresholds.backlog_seconds}"
        lasts    = "300s"
      }
      dead-letters = {
        title    = "there are dead letters"
        severity = "CRITICAL"
        query    = "max by (subscription_id) (pubsub_googleapis_com:subscription_num_undelivered_messages{monitored_resource=\"pubsub_subscription\", subscription_id=~\"${local.dead}\"}) > 0"
        lasts    = "60s"
      }
      sink-errors = {
        title    = "a sink cannot write to its topic"
        severity = "CRITICAL"
        query    = "sum by (name) (increase(logging_googleapis_com:exports_error_count{monitored_resource=\"logging_sink\", name=~\"jobtrail-.*\"}[10m])) > 0"
        lasts    = "60s"
      }
      quarantine-rate = {
        title    = "entries are quarantined"
        severity = "WARNING"
        query    = "sum by (source, reason) (rate(${local.metric}_quarantined{LOGGED_BY}[5m])) * 60 > ${var.thresholds.quarantined_per_minute}"
        lasts    = "300s"
      }
      undelivered-alerts = {
        title    = "alerts reach nobody"
        severity = "CRITICAL"
        query    = "sum by (channel) (increase(${local.metric}_undelivered{LOGGED_BY}[10m])) > 0"
        lasts    = "0s"
      }
      function-errors = {
        title    = "requests are answered with 5xx"
        severity = "ERROR"
        query    = "sum by (service_name) (rate(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\", service_name=~\"jobtrail-.*\", response_code_class=\"5xx\"}[5m])) / sum by (service_name) (rate(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\", service_name=~\"jobtrail-.*\"}[5m])) > 0.05"
        lasts    = "600s"
      }
      error-lines = {
        title    = "functions log errors"
        severity = "WARNING"
        query    = "sum by (function, code) (increase(${local.metric}_errors{LOGGED_BY}[10m])) > 0"
        lasts    = "0s"
      }
      reconcile-absent = {
        title    = "no round of reconcile ended well for ten minutes"
        severity = "CRITICAL"
        query    = "(sum(increase(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\", service_name=\"jobtrail-reconcile\", response_code_class=\"2xx\"}[10m])) or vector(0)) < 1"
        lasts    = "300s"
      }
      reconcile-behind = {
        title    = "rounds of reconcile end with work left"
        severity = "WARNING"
        query    = "sum(increase(${local.metric}_round_unfinished{monitored_resource=\"cloud_run_revision\"}[30m])) > 20"
        lasts    = "0s"
      }
      path-blind = {
        title    = "a path does not vouch for its records"
        severity = "ERROR"
        query    = "sum by (path, status) (increase(${local.metric}_path_not_vouched{LOGGED_BY}[30m])) > 20"
        lasts    = "0s"
      }
      polls-incomplete = {
        title    = "lists of the engines are not polled whole"
        severity = "WARNING"
        query    = "sum by (api) (increase(${local.metric}_list_not_polled{LOGGED_BY}[30m])) > 3"
        lasts    = "0s"
      }
      spanner-cpu = {
        title    = "Spanner is above ${var.thresholds.spanner_cpu_percent} % of its CPU"
        severity = "WARNING"
        query    = "max(sum by (database) (spanner_googleapis_com:instance_cpu_utilization_by_priority{monitored_resource=\"spanner_instance\", instance_id=\"${var.instance}\", priority=\"high\"})) * 100 > ${var.thresholds.spanner_cpu_percent}"
        lasts    = "900s"
      }
      spanner-storage = {
        title    = "Spanner is above 80 % of its storage"
        severity = "ERROR"
        query    = "max(spanner_googleapis_com:instance_storage_utilization{monitored_resource=\"spanner_instance\", instance_id=\"${var.instance}\"}) > 0.8"
        lasts    = "900s"
      }
    },
    var.canary ? {
      canary-absent = {
        title    = "canaries are not sent"
        severity = "ERROR"
        query    = "(sum(increase(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\", service_name=\"jobtrail-canary\", response_code_class=\"2xx\"}[20m])) or vector(0)) < 1"
        lasts    = "300s"
      }
    } : {},
  )
}

# Lines come from functions and from workers, and a query selects one kind of resource.
locals {
  logged_by = ["monitored_resource=\"cloud_run_revision\"", "monitored_resource=\"cloud_run_worker_pool\""]
  queries   = { for name, policy in local.policies : name => join(" or ", distinct([for by in local.logged_by : replace(policy.query, "LOGGED_BY", by)])) }
}

resource "google_monitoring_alert_policy" "this" {
  for_each              = local.policies
  project               = var.project_id
  display_name          = "Jobtrail: ${each.value.title}"
  combiner              = "OR"
  severity              = each.value.severity
  notification_channels = var.notification_channels
  user_labels           = merge(var.labels, { policy = each.key })

  conditions {
    display_name = each.value.title
    condition_prometheus_query_language {
      query               = local.queries[each.key]
      duration            = each.value.lasts
      evaluation_interval = "60s"
      # Metrics of log lines are unknown until their first line.
      disable_metric_validation = true
    }
  }

  alert_strategy {
    auto_close = "86400s"
  }

  documentation {
    mime_type = "text/markdown"
    subject   = "Jobtrail: ${each.value.title}"
    content   = "What it means and what to do: ${var.runbooks}#${each.key}"
  }

  depends_on = [google_logging_metric.this]
}
