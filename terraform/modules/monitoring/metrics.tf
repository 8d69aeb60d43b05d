# Counters of log lines (docs/functions.md lists them) that no metric of the platform has.
locals {
  ours = join(" ", [
    "resource.labels.project_id=\"${var.project_id}\" AND (",
    "(resource.type=\"cloud_run_revision\" AND resource.labels.service_name=~\"^jobtrail-\") OR",
    "(resource.type=\"cloud_run_worker_pool\" AND resource.labels.worker_pool_name=~\"^jobtrail-\"))",
  ])
  lines = {
    quarantined = {
      description = "Entries that could not be read, or whose row the store refused."
      filter      = "jsonPayload.message=\"entry quarantined\""
      labels      = { reason = "EXTRACT(jsonPayload.reason)", source = "EXTRACT(jsonPayload.source)" }
    }
    undelivered = {
      description = "Alerts that no channel took."
      filter      = "jsonPayload.message=\"alert not delivered\""
      labels      = { channel = "EXTRACT(jsonPayload.channel)" }
    }
    errors = {
      description = "Lines of severity ERROR, by function."
      filter      = "severity>=ERROR"
      labels      = { function = "EXTRACT(jsonPayload.function)", code = "EXTRACT(jsonPayload.code)" }
    }
    canary_not_sent = {
      description = "Canaries that did not leave."
      filter      = "jsonPayload.message=\"canary not sent\""
      labels      = { path = "EXTRACT(jsonPayload.path)" }
    }
    path_not_vouched = {
      description = "Paths that do not vouch for their records, each minute."
      filter      = "jsonPayload.message=\"a path does not vouch for its records\""
      labels      = { path = "EXTRACT(jsonPayload.path)", status = "EXTRACT(jsonPayload.status)" }
    }
    round_unfinished = {
      description = "Rounds of reconcile that ended by their time with work left."
      filter      = "jsonPayload.message=\"a round ended by its time with work left\""
      labels      = {}
    }
    list_not_polled = {
      description = "Lists of the engines' APIs that were not read whole."
      filter      = "jsonPayload.message=\"list not polled whole\""
      labels      = { api = "EXTRACT(jsonPayload.api)" }
    }
  }
}

resource "google_logging_metric" "this" {
  for_each         = local.lines
  project          = var.project_id
  name             = "jobtrail/${each.key}"
  description      = each.value.description
  filter           = "${local.ours} AND ${each.value.filter}"
  label_extractors = each.value.labels

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
    unit        = "1"

    dynamic "labels" {
      for_each = each.value.labels
      content {
        key        = labels.key
        value_type = "STRING"
      }
    }
  }
}
