# What is refused before anything is planned, each with its reason.
mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
}

variables {
  project_id      = "acme-audit"
  region          = "europe-west1"
  scope           = { organization_id = "987654321098" }
  function_bundle = "./tests/bundle.zip"
}

run "sinks_above_and_below" {
  command = plan
  variables {
    scope = { organization_id = "987654321098", project_ids = { data = "acme-data" } }
  }
  expect_failures = [var.scope]
}

run "no_scope" {
  command = plan
  variables {
    scope = {}
  }
  expect_failures = [var.scope]
}

run "a_zone_for_a_region" {
  command = plan
  variables {
    region = "europe-west1-b"
  }
  expect_failures = [var.region]
}

run "a_source_that_is_none" {
  command = plan
  variables {
    sources = { iam = {}, logging = {}, nginx = {} }
  }
  expect_failures = [var.sources]
}

run "without_the_sources_that_see_tampering" {
  command = plan
  variables {
    sources = { dataproc = {} }
  }
  expect_failures = [var.sources]
}

run "concurrency_left_at_one" {
  command = plan
  variables {
    sources = { iam = {}, logging = { concurrency = 1 } }
  }
  expect_failures = [var.sources]
}

run "a_worker_that_is_none" {
  command = plan
  variables {
    sources = { iam = {}, logging = { consumer = "pull", min_instances = 0 } }
  }
  expect_failures = [var.sources]
}

run "callers_without_a_load_balancer" {
  command = plan
  variables {
    sources = { iam = {}, logging = {}, approvals = { callers = { ci = "serviceAccount:ci@acme-audit.iam.gserviceaccount.com" } } }
  }
  expect_failures = [var.receivers]
}

run "an_edition_that_is_none" {
  command = plan
  variables {
    spanner = { edition = "GOLD" }
  }
  expect_failures = [var.spanner]
}

run "autoscaling_in_the_standard_edition" {
  command = plan
  variables {
    spanner = { autoscaling = { min_processing_units = 1000, max_processing_units = 2000 } }
  }
  expect_failures = [var.spanner]
}

run "an_auditor_who_is_nobody" {
  command = plan
  variables {
    auditors = { audit = "audit@acme.example" }
  }
  expect_failures = [var.auditors]
}
