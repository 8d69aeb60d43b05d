mock_provider "google" {}

variables {
  project_id      = "acme-audit"
  instance_config = "regional-europe-west1"
  ddl             = ["CREATE TABLE T (K STRING(64) NOT NULL) PRIMARY KEY (K)"]
  auditors        = { audit = "group:audit@acme.example" }
  on_call         = { data = "group:on-call@acme.example" }
}

run "is_protected_twice_and_backed_up" {
  command = plan

  assert {
    condition     = google_spanner_database.this.deletion_protection && google_spanner_database.this.enable_drop_protection && google_spanner_instance.this.deletion_policy == "PREVENT"
    error_message = "against Terraform and against everybody else"
  }

  assert {
    condition     = google_spanner_backup_schedule.full[0].retention_duration == "2592000s"
    error_message = "30 days of backups"
  }

  assert {
    condition     = google_spanner_database_iam_member.people_role["auditor-audit"].condition[0].title == "jobtrail_auditor"
    error_message = "an auditor has the role of auditors"
  }

  assert {
    condition     = strcontains(google_spanner_database_iam_member.people_role["on-call-data"].condition[0].expression, "/jobtrail_oncall")
    error_message = "who is on call has the role that makes silences"
  }
}

run "units_that_there_are_none_of" {
  command = plan
  variables {
    processing_units = 150
  }
  expect_failures = [var.processing_units]
}

run "autoscaling_below_a_node" {
  command = plan
  variables {
    edition     = "ENTERPRISE"
    autoscaling = { min_processing_units = 500, max_processing_units = 2000 }
  }
  expect_failures = [var.autoscaling]
}
