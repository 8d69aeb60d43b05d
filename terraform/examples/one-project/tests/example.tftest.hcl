mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
}

variables {
  function_bundle = "../../tests/bundle.zip"
  secret_values   = { CANARY_KEY = "invented" }
}

run "is_complete_and_can_be_removed_again" {
  command = apply

  assert {
    condition     = output.store == "spanner:projects/acme-audit/instances/jobtrail/databases/jobtrail"
    error_message = "the name of the database"
  }

  assert {
    condition     = toset(keys(module.jobtrail.sinks)) == toset(["bigquery", "dataflow", "dataproc", "iam", "logging", "platform", "storage"])
    error_message = "the sources that it says"
  }
}
