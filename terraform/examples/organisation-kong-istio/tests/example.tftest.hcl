mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
}

variables {
  function_bundle = "../../tests/bundle.zip"
  secret_values = {
    CANARY_KEY               = "invented"
    KONG_SECRETS             = "invented"
    PAGERDUTY_ROUTING_KEY    = "invented"
    PAGERDUTY_SIGNING_SECRET = "invented"
    SLACK_SIGNING_SECRET     = "invented"
    SLACK_TOKEN              = "invented"
  }
}

run "every_secret_has_its_text" {
  command = plan

  assert {
    condition     = toset(keys(module.jobtrail.secrets)) == toset(["CANARY_KEY", "KONG_SECRETS", "PAGERDUTY_ROUTING_KEY", "PAGERDUTY_SIGNING_SECRET", "SLACK_SIGNING_SECRET", "SLACK_TOKEN"])
    error_message = "what secret_versions names, and nothing beside it"
  }

  assert {
    condition     = alltrue([for source in ["istio", "kong", "kubernetes", "dataproc"] : startswith(module.jobtrail.sinks[source][0], "organizations/123456789012/sinks/")])
    error_message = "sinks of the organisation"
  }
}
