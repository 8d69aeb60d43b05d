mock_provider "google" {}

variables {
  project_id = "acme-audit"
  region     = "europe-west1"
  domain     = "jobtrail.acme.example"
  receivers = {
    callbacks = { service = "jobtrail-callbacks", paths = { "/slack" = "x-slack-signature" } }
    kong      = { service = "jobtrail-kong", paths = { "/kong" = "x-jobtrail-key|authorization" } }
  }
}

run "lets_nothing_through_without_proof" {
  command = apply

  assert {
    condition     = one([for rule in google_compute_security_policy.this.rule : rule.action if rule.priority == 2147483647]) == "deny(403)"
    error_message = "what is not named is refused"
  }

  assert {
    condition = alltrue([
      for rule in google_compute_security_policy.this.rule : strcontains(rule.match[0].expr[0].expression, "has(request.headers[") if rule.priority < 2147483647
    ])
    error_message = "each path asks for its header"
  }

  assert {
    condition     = length(google_compute_security_policy.this.rule) == 3
    error_message = "a rule for each path, and the last one"
  }
}

run "an_address_for_a_domain" {
  command = plan
  variables {
    domain = "https://jobtrail.acme.example/"
  }
  expect_failures = [var.domain]
}

run "a_path_that_breaks_out" {
  command = plan
  variables {
    receivers = { callbacks = { service = "s", paths = { "/slack' || true" = "x" } } }
  }
  expect_failures = [var.receivers]
}
