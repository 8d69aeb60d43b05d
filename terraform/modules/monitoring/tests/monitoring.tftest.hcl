mock_provider "google" {}

variables {
  project_id         = "acme-audit"
  subscriptions      = { dataproc = "jobtrail-dataproc", findings = "jobtrail-findings" }
  dead_subscriptions = { dataproc = "jobtrail-dataproc-dead", findings = "jobtrail-findings-dead" }
  instance           = "jobtrail"
  canary             = true
  thresholds         = { backlog_seconds = 600, quarantined_per_minute = 6, spanner_cpu_percent = 65 }
}

run "watches_what_can_fail" {
  command = plan

  assert {
    condition     = length(setsubtract(["backlog-age", "dead-letters", "quarantine-rate", "undelivered-alerts", "function-errors", "canary-absent", "sink-errors"], output.policies)) == 0
    error_message = "backlog, dead letters, quarantine, undelivered alerts, errors, canary and sinks"
  }

  assert {
    condition     = alltrue([for policy in values(google_monitoring_alert_policy.this) : !strcontains(policy.conditions[0].condition_prometheus_query_language[0].query, "LOGGED_BY")])
    error_message = "no placeholder is left in a query"
  }

  assert {
    condition     = strcontains(google_monitoring_alert_policy.this["dead-letters"].conditions[0].condition_prometheus_query_language[0].query, "jobtrail-dataproc-dead|jobtrail-findings-dead")
    error_message = "all dead letters"
  }

  assert {
    condition     = alltrue([for name, policy in google_monitoring_alert_policy.this : endswith(policy.documentation[0].content, "operations.md#${name}")])
    error_message = "each leads to its runbook"
  }
}

run "no_canary_no_alert" {
  command = plan
  variables {
    canary = false
  }

  assert {
    condition     = !contains(output.policies, "canary-absent")
    error_message = "what is not sent cannot be missing"
  }
}
