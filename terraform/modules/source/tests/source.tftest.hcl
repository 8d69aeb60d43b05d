mock_provider "google" {}

variables {
  project_id   = "acme-audit"
  name         = "dataproc"
  scope        = { organization_id = "987654321098" }
  filter       = "protoPayload.serviceName=\"dataproc.googleapis.com\""
  exclusions   = { jobtrail-own = "logName:\"data_access\"" }
  push         = { endpoint = "https://f.example", audience = "https://f.example", service_account = "jobtrail-push@acme-audit.iam.gserviceaccount.com" }
  pubsub_agent = "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com"
}

run "outlasts_an_outage_and_keeps_what_fails" {
  command = plan

  assert {
    condition     = google_pubsub_subscription.this.dead_letter_policy[0].max_delivery_attempts == 100 && google_pubsub_subscription.this.ack_deadline_seconds == 120
    error_message = "100 attempts, and more time than a request takes"
  }

  assert {
    condition     = alltrue([for subscription in [google_pubsub_subscription.this, google_pubsub_subscription.dead] : subscription.expiration_policy[0].ttl == ""])
    error_message = "no subscription expires"
  }

  assert {
    condition     = google_pubsub_topic_iam_member.dead_letters.member == var.pubsub_agent && google_pubsub_subscription_iam_member.dead_letters.member == var.pubsub_agent
    error_message = "both grants of the agent"
  }
}

run "the_writer_of_the_sink_may_write" {
  command = apply
  override_resource {
    target = google_logging_organization_sink.this["organization"]
    values = { writer_identity = "serviceAccount:o987-1@gcp-sa-logging.iam.gserviceaccount.com" }
  }
  override_resource {
    target = google_pubsub_topic.this
    values = { id = "projects/acme-audit/topics/jobtrail-dataproc" }
  }

  assert {
    condition     = google_pubsub_topic_iam_member.sink_writers["organization"].member == "serviceAccount:o987-1@gcp-sa-logging.iam.gserviceaccount.com"
    error_message = "granted to whom Cloud Logging writes as"
  }

  assert {
    condition     = google_logging_organization_sink.this["organization"].destination == "pubsub.googleapis.com/projects/acme-audit/topics/jobtrail-dataproc" && google_logging_organization_sink.this["organization"].include_children
    error_message = "to the topic, with what lies below"
  }

  assert {
    condition     = output.sinks["organization"] == "organizations/987654321098/sinks/jobtrail-dataproc"
    error_message = "by the name that source health knows"
  }
}

run "five_attempts" {
  command = plan
  variables {
    max_delivery_attempts = 5
  }
  expect_failures = [var.max_delivery_attempts]
}

run "neither_pushed_nor_pulled" {
  command = plan
  variables {
    push = null
  }
  expect_failures = [var.pull_member]
}

run "a_deadline_below_a_request" {
  command = plan
  variables {
    ack_deadline_seconds = 10
  }
  expect_failures = [var.ack_deadline_seconds]
}
