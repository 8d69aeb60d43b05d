mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
}

variables {
  function_bundle = "../../tests/bundle.zip"
  secret_values   = { CANARY_KEY = "invented", workspace = "invented" }
}

run "the_delivery_has_no_sink_and_its_runs_are_polled" {
  command = plan

  assert {
    condition     = length(module.jobtrail.sinks["databricks"]) == 0
    error_message = "Databricks delivers to a bucket, not to Cloud Logging"
  }

  assert {
    condition     = contains(keys(module.jobtrail.secrets), "workspace")
    error_message = "the token that its runs are polled with"
  }
}
