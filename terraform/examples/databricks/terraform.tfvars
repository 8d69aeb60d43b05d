# Put your own here.
project_id              = "acme-audit"
region                  = "europe-west1"
organization_id         = "123456789012"
delivery_bucket         = "acme-databricks-audit"
delivery_project_number = "210987654321"
