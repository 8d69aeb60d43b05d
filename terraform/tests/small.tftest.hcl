# The root with its defaults and one organisation.
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

run "is_whole_and_leaves_out_itself" {
  command = plan

  assert {
    condition     = alltrue([for source in values(module.source) : length(source.sinks) == 1 && startswith(values(source.sinks)[0], "organizations/987654321098/sinks/jobtrail-")])
    error_message = "one sink of the organisation for each source"
  }

  assert {
    condition     = toset(keys(module.source)) == toset(keys(module.source_function))
    error_message = "a function for each source"
  }

  assert {
    condition     = toset(keys(google_cloud_scheduler_job.this)) == toset(["reconcile", "sweep", "canary", "observed"])
    error_message = "what nothing pushes to is called"
  }

  assert {
    condition     = length(module.receivers) == 0
    error_message = "nothing is reached from outside unless that is asked for"
  }

  # Sinks leave out what the pipeline itself does.
  assert {
    condition     = alltrue([for email in values(output.service_accounts) : strcontains(output.known_exemption.filter, "\"${email}\"")])
    error_message = "every account of a function is in the exclusion"
  }

  assert {
    condition     = strcontains(output.known_exemption.filter, "service-123456789012@") && !strcontains(output.known_exemption.filter, "$${")
    error_message = "the agents of the project are in it, and no placeholder is left"
  }

  # The schema is that of the product.
  assert {
    condition     = startswith(local.ddl[0], "CREATE TABLE ") && length([for statement in local.ddl : statement if startswith(statement, "CREATE TABLE Events ")]) == 1 && contains(local.ddl, "CREATE ROLE jobtrail_auditor")
    error_message = "numbered files first, then the roles"
  }

  assert {
    condition     = alltrue([for statement in local.ddl : !strcontains(statement, "--") && !strcontains(statement, ";")])
    error_message = "no comment and no end of a statement is left in it"
  }
}
