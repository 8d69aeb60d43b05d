mock_provider "google" {}

variables {
  project_id  = "acme-audit"
  region      = "europe-west1"
  bucket_name = "acme-audit-jobtrail-evidence"
}

run "keeps_and_is_not_locked_unless_asked" {
  command = plan

  assert {
    condition     = google_storage_bucket.this.retention_policy[0].retention_period == "34560000" && !google_storage_bucket.this.retention_policy[0].is_locked
    error_message = "400 days, and a lock only where it was asked for"
  }

  assert {
    condition     = google_kms_crypto_key.signer.version_template[0].algorithm == "EC_SIGN_ED25519"
    error_message = "the signature of checkpoints"
  }
}

run "locked" {
  command = plan
  variables {
    lock_retention = true
  }

  assert {
    condition     = google_storage_bucket.this.retention_policy[0].is_locked
    error_message = "locked where it was asked for"
  }
}

run "kept_for_no_time" {
  command = plan
  variables {
    retention_days = 0
  }
  expect_failures = [var.retention_days]
}
