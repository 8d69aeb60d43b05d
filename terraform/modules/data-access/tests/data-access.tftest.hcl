mock_provider "google" {}

variables {
  parent           = "organizations/987654321098"
  services         = { "spanner.googleapis.com" = ["ADMIN_READ", "DATA_WRITE"] }
  exempted_members = ["serviceAccount:jobtrail-spanner@acme-audit.iam.gserviceaccount.com"]
}

run "exempts_the_pipeline_from_what_it_writes_alone" {
  command = plan

  assert {
    condition = alltrue([
      for config in google_organization_iam_audit_config.this["spanner.googleapis.com"].audit_log_config :
      length(coalesce(config.exempted_members, [])) == (config.log_type == "DATA_WRITE" ? 1 : 0)
    ])
    error_message = "administration is logged, whoever does it"
  }
}

run "of_a_project" {
  command = plan
  variables {
    parent = "projects/acme-data"
  }

  assert {
    condition     = google_project_iam_audit_config.this["spanner.googleapis.com"].project == "acme-data" && length(google_organization_iam_audit_config.this) == 0
    error_message = "set there and nowhere else"
  }
}

run "a_log_type_that_is_none" {
  command = plan
  variables {
    services = { "spanner.googleapis.com" = ["DATA_DELETE"] }
  }
  expect_failures = [var.services]
}
