output "name" {
  description = "Name of the Cloud Run service or worker pool."
  value       = local.service
}

output "uri" {
  description = "The run.app address: the only one at which pushes count as internal. Null for a worker pool."
  value       = var.runtime == "function" ? google_cloudfunctions2_function.this[0].service_config[0].uri : null
}

output "email" {
  description = "E-mail of its service account, known before the apply."
  value       = local.account
}

output "member" {
  description = "Its service account as a member of IAM policies."
  value       = google_service_account.this.member
}
