output "store" {
  description = "The database, as `--store` of the command and JOBTRAIL_STORE name it. An auditor adds /databaseRoles/jobtrail_auditor."
  value       = module.store.store
}

output "topics" {
  description = "Topics by source: where approvals, deployments and openlineage are published."
  value       = { for name, source in module.source : name => source.topic }
}

output "subscriptions" {
  description = "Subscriptions by source; the dead letters are in those with -dead."
  value       = { for name, source in module.source : name => source.subscription }
}

output "sinks" {
  description = "Sinks by source, as `corroboration.paths` of jobtrail.yaml may list them."
  value       = { for name, source in module.source : name => values(source.sinks) }
}

output "service_accounts" {
  description = "E-mails of the functions' accounts."
  value       = local.accounts
}

output "worker_repository" {
  description = "Where the image of workers is pushed: REPOSITORY/pull:TAG, tagged with the first 16 digits of the SHA-256 of its zip."
  value       = local.worker_repository
}

output "secrets" {
  description = "Ids of the secrets in Secret Manager, by name: each needs a version."
  value       = local.secret_ids
}

output "receivers_address" {
  description = "What the A record of the receivers' domain names; null without receivers."
  value       = one(module.receivers[*].address)
}

output "evidence_bucket" {
  description = "Bucket with the retention policy."
  value       = module.evidence.bucket
}

output "signing_key" {
  description = "Key that checkpoints are signed with."
  value       = module.evidence.signing_key
}

output "known_exemption" {
  description = <<-EOT
    What the sinks leave out and whom the audit configuration exempts, for `exemptions` of jobtrail.yaml: the pipeline's own accounts and the
    filter. The trail sees the exclusion being made; this says that it is meant.
  EOT
  value = {
    principals = [for email in values(local.accounts) : email]
    sinks      = flatten([for source in values(module.source) : values(source.sinks)])
    filter     = local.own_entries
  }
}
