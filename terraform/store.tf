# The database with the product's schema, who reads it, and what proves it.
locals {
  # Numbered files in order, then the roles that identities use. No string in them has a semicolon or two dashes.
  schema_files = concat(
    sort([for name in fileset("${path.module}/../schemas/spanner", "*.sql") : name]),
    ["optional/roles.sql"],
  )
  ddl = flatten([
    for name in local.schema_files : [
      for statement in split(";", replace(file("${path.module}/../schemas/spanner/${name}"), "/[ \\t]*--[^\\n]*/", "")) :
      trimspace(statement) if trimspace(statement) != ""
    ]
  ])
}

module "store" {
  source              = "./modules/store"
  project_id          = var.project_id
  instance_config     = coalesce(var.spanner.config, "regional-${var.region}")
  edition             = var.spanner.edition
  processing_units    = var.spanner.processing_units
  autoscaling         = var.spanner.autoscaling
  backup              = var.spanner.backup
  version_retention   = var.spanner.version_retention
  ddl                 = local.ddl
  deletion_protection = var.deletion_protection
  auditors            = var.auditors
  policy_admins       = var.policy_admins
  on_call             = var.on_call
  operators           = var.operators
  kms_key_name        = var.kms_keys.spanner
  labels              = var.labels
  depends_on          = [google_project_service.this, google_kms_crypto_key_iam_member.agents]
}

module "evidence" {
  source              = "./modules/evidence"
  project_id          = var.project_id
  region              = var.region
  bucket_name         = coalesce(var.evidence.bucket_name, "${var.project_id}-jobtrail-evidence")
  retention_days      = var.evidence.retention_days
  lock_retention      = var.evidence.lock_retention
  deletion_protection = var.deletion_protection
  auditors            = var.auditors
  kms_key_name        = var.kms_keys.storage
  labels              = var.labels
  depends_on          = [google_project_service.this, google_kms_crypto_key_iam_member.agents]
}

module "data_access" {
  source   = "./modules/data-access"
  count    = var.data_access_logs == null ? 0 : 1
  parent   = var.data_access_logs.parent
  services = var.data_access_logs.services
  # They must exist before a policy can name them.
  exempted_members = values(local.members)
}
