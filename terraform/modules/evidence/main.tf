# The key that checkpoints are signed with, and the bucket that they are kept in out of everybody's reach.
resource "google_kms_key_ring" "this" {
  project  = var.project_id
  name     = "jobtrail"
  location = var.region
}

resource "google_kms_crypto_key" "signer" {
  name     = "checkpoint-signer"
  key_ring = google_kms_key_ring.this.id
  purpose  = "ASYMMETRIC_SIGN"
  # Time to notice that somebody destroyed it.
  destroy_scheduled_duration = "2592000s"
  deletion_policy            = var.deletion_protection ? "PREVENT" : "DELETE"

  version_template {
    # Ed25519, which checkpoints of the C2SP are signed with.
    algorithm        = "EC_SIGN_ED25519"
    protection_level = "SOFTWARE"
  }
}

resource "google_kms_crypto_key_iam_member" "signers" {
  for_each      = var.signers
  crypto_key_id = google_kms_crypto_key.signer.id
  role          = "roles/cloudkms.signer"
  member        = each.value
}

resource "google_kms_crypto_key_iam_member" "auditors" {
  for_each      = var.auditors
  crypto_key_id = google_kms_crypto_key.signer.id
  role          = "roles/cloudkms.publicKeyViewer"
  member        = each.value
}

resource "google_storage_bucket" "this" {
  project                     = var.project_id
  name                        = var.bucket_name
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false
  labels                      = var.labels
  deletion_policy             = var.deletion_protection ? "PREVENT" : "DELETE"

  retention_policy {
    retention_period = tostring(var.retention_days * 86400)
    is_locked        = var.lock_retention
  }

  dynamic "encryption" {
    for_each = var.kms_key_name == null ? [] : [var.kms_key_name]
    content {
      default_kms_key_name = encryption.value
    }
  }
}

resource "google_storage_bucket_iam_member" "writers" {
  for_each = var.writers
  bucket   = google_storage_bucket.this.name
  role     = "roles/storage.objectCreator"
  member   = each.value
}

resource "google_storage_bucket_iam_member" "auditors" {
  for_each = var.auditors
  bucket   = google_storage_bucket.this.name
  role     = "roles/storage.objectViewer"
  member   = each.value
}
