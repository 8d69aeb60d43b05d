# Secrets are made here and filled from an ephemeral variable or by hand. Which function reads which is said where it is made.
locals {
  secret_names = setunion(
    var.channel_secrets,
    try(var.receivers.slack, false) ? ["SLACK_SIGNING_SECRET"] : [],
    try(var.receivers.pagerduty, false) ? ["PAGERDUTY_SIGNING_SECRET"] : [],
    local.kong_receives ? ["KONG_SECRETS"] : [],
    var.canary == null ? [] : ["CANARY_KEY"],
    var.observe == null ? [] : var.observe.databricks_tokens,
  )
  secret_ids = { for name, secret in google_secret_manager_secret.this : name => secret.secret_id }
}

resource "google_secret_manager_secret" "this" {
  for_each            = local.secret_names
  project             = var.project_id
  secret_id           = "jobtrail-${lower(replace(each.value, "_", "-"))}"
  labels              = var.labels
  deletion_protection = var.deletion_protection

  replication {
    auto {}
  }

  depends_on = [google_project_service.this]
}

resource "google_secret_manager_secret_version" "this" {
  for_each               = { for name, version in var.secret_versions : name => version if contains(local.secret_names, name) }
  secret                 = google_secret_manager_secret.this[each.key].id
  secret_data_wo         = var.secret_values[each.key]
  secret_data_wo_version = each.value
}
