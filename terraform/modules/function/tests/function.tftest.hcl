mock_provider "google" {}

variables {
  project_id            = "acme-audit"
  region                = "europe-west1"
  name                  = "dataproc"
  bundle                = { file = "../../tests/bundle.zip", bucket = "acme-audit-jobtrail-bundles" }
  build_service_account = "projects/acme-audit/serviceAccounts/jobtrail-build@acme-audit.iam.gserviceaccount.com"
  database              = { instance = "jobtrail", name = "jobtrail", role = "jobtrail_ingest" }
  findings              = { topic = "projects/acme-audit/topics/jobtrail-findings" }
}

run "shares_commits_and_is_reached_from_inside_alone" {
  command = plan

  assert {
    condition     = google_cloudfunctions2_function.this[0].service_config[0].max_instance_request_concurrency == 80
    error_message = "requests of one instance share a commit"
  }

  assert {
    condition     = google_cloudfunctions2_function.this[0].service_config[0].ingress_settings == "ALLOW_INTERNAL_ONLY"
    error_message = "nothing outside reaches it"
  }

  assert {
    condition     = google_cloudfunctions2_function.this[0].build_config[0].runtime == "nodejs24" && google_cloudfunctions2_function.this[0].build_config[0].entry_point == "dataproc"
    error_message = "the target of its name, on the Node that the product is written for"
  }

  assert {
    condition     = google_cloudfunctions2_function.this[0].service_config[0].environment_variables["JOBTRAIL_STORE"] == "spanner:projects/acme-audit/instances/jobtrail/databases/jobtrail/databaseRoles/jobtrail_ingest"
    error_message = "it asks for its database role"
  }

  assert {
    condition     = strcontains(google_spanner_database_iam_member.role[0].condition[0].expression, "endsWith(\"/jobtrail_ingest\")")
    error_message = "and may ask for no other"
  }
}

run "a_worker_keeps_the_identity" {
  command = plan
  variables {
    runtime       = "worker-pool"
    worker_image  = "europe-west1-docker.pkg.dev/acme-audit/jobtrail/pull:1"
    min_instances = 2
  }

  assert {
    condition     = length(google_cloudfunctions2_function.this) == 0 && google_cloud_run_v2_worker_pool.this[0].scaling[0].manual_instance_count == 2
    error_message = "a pool in place of the function"
  }

  assert {
    condition     = google_service_account.this.account_id == "jobtrail-dataproc"
    error_message = "under the same account"
  }

  assert {
    condition     = contains([for env in google_cloud_run_v2_worker_pool.this[0].template[0].containers[0].env : "${env.name}=${env.value}"], "JOBTRAIL_SUBSCRIPTION=projects/acme-audit/subscriptions/jobtrail-dataproc")
    error_message = "it pulls what was pushed"
  }
}

run "a_bundle_that_was_not_built" {
  command = plan
  variables {
    bundle = { file = "./nowhere.zip", bucket = "acme-audit-jobtrail-bundles" }
  }
  expect_failures = [google_storage_bucket_object.bundle]
}

run "half_a_processor_for_many_requests" {
  command = plan
  variables {
    cpu = "0.5"
  }
  expect_failures = [var.cpu]
}

run "open_to_everybody" {
  command = plan
  variables {
    ingress = "ALLOW_ALL"
  }
  expect_failures = [var.ingress]
}
