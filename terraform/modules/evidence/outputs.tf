output "bucket" {
  description = "Name of the evidence bucket."
  value       = google_storage_bucket.this.name
}

output "signing_key" {
  description = "Full name of the signing key."
  value       = google_kms_crypto_key.signer.id
}
