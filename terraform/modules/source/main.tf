# Topic, subscription and dead letters of one source.
locals {
  id = "jobtrail-${var.name}"
}

resource "google_pubsub_topic" "this" {
  project                    = var.project_id
  name                       = local.id
  kms_key_name               = var.kms_key_name
  message_retention_duration = var.retention
  labels                     = var.labels

  dynamic "message_storage_policy" {
    for_each = length(var.persistence_regions) == 0 ? [] : [1]
    content {
      allowed_persistence_regions = var.persistence_regions
      enforce_in_transit          = false
    }
  }
}

resource "google_pubsub_subscription" "this" {
  project                    = var.project_id
  name                       = local.id
  topic                      = google_pubsub_topic.this.id
  ack_deadline_seconds       = var.ack_deadline_seconds
  message_retention_duration = "604800s"
  labels                     = var.labels

  # Never: the default removes a subscription that was idle for a month.
  expiration_policy {
    ttl = ""
  }

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.dead.id
    max_delivery_attempts = var.max_delivery_attempts
  }

  dynamic "push_config" {
    for_each = var.push == null ? [] : [var.push]
    content {
      push_endpoint = push_config.value.endpoint
      oidc_token {
        service_account_email = push_config.value.service_account
        audience              = push_config.value.audience
      }
    }
  }

  depends_on = [google_pubsub_topic_iam_member.dead_letters]
}

resource "google_pubsub_topic" "dead" {
  project      = var.project_id
  name         = "${local.id}-dead"
  kms_key_name = var.kms_key_name
  labels       = var.labels
}

# A dead-letter topic without a subscription loses what it is sent. `jobtrail redrive` reads this one.
resource "google_pubsub_subscription" "dead" {
  project                    = var.project_id
  name                       = "${local.id}-dead"
  topic                      = google_pubsub_topic.dead.id
  ack_deadline_seconds       = 60
  message_retention_duration = "2678400s"
  labels                     = var.labels

  expiration_policy {
    ttl = ""
  }
}

# Without both grants of the agent nothing fails and nothing is dead-lettered: messages are retried until they expire.
resource "google_pubsub_topic_iam_member" "dead_letters" {
  project = var.project_id
  topic   = google_pubsub_topic.dead.name
  role    = "roles/pubsub.publisher"
  member  = var.pubsub_agent
}

resource "google_pubsub_subscription_iam_member" "dead_letters" {
  project      = var.project_id
  subscription = google_pubsub_subscription.this.name
  role         = "roles/pubsub.subscriber"
  member       = var.pubsub_agent
}

resource "google_pubsub_subscription_iam_member" "worker" {
  count        = var.push == null ? 1 : 0
  project      = var.project_id
  subscription = google_pubsub_subscription.this.name
  role         = "roles/pubsub.subscriber"
  member       = var.pull_member
}

resource "google_pubsub_topic_iam_member" "publishers" {
  for_each = var.publishers
  project  = var.project_id
  topic    = google_pubsub_topic.this.name
  role     = "roles/pubsub.publisher"
  member   = each.value
}
