# Values of an invented deployment, for a plan of the root without bundles: terraform plan -var-file=tests/plan.tfvars
project_id      = "acme-audit"
region          = "europe-west1"
scope           = { organization_id = "123456789012" }
function_bundle = "./tests/bundle.zip"
