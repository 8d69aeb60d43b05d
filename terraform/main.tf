# What the other files share: names, the service agents, APIs, where zips go and who builds them.
data "google_project" "this" {
  project_id = var.project_id
}

locals {
  catalogue    = jsondecode(file("${path.module}/functions.json"))
  source_names = [for name, f in local.catalogue : name if contains(["log", "topic", "bucket"], f.kind)]

  number          = data.google_project.this.number
  pubsub_agent    = "serviceAccount:service-${local.number}@gcp-sa-pubsub.iam.gserviceaccount.com"
  spanner_agent   = "serviceAccount:service-${local.number}@gcp-sa-spanner.iam.gserviceaccount.com"
  storage_agent   = "serviceAccount:service-${local.number}@gs-project-accounts.iam.gserviceaccount.com"
  function_bundle = coalesce(var.function_bundle, "${path.module}/../dist/functions/{name}.zip")
}

resource "google_project_service" "this" {
  for_each = toset(concat(
    [
      "artifactregistry.googleapis.com", "cloudbuild.googleapis.com", "cloudfunctions.googleapis.com", "cloudkms.googleapis.com",
      "cloudscheduler.googleapis.com", "iam.googleapis.com", "logging.googleapis.com", "monitoring.googleapis.com",
      "pubsub.googleapis.com", "run.googleapis.com", "secretmanager.googleapis.com", "spanner.googleapis.com", "storage.googleapis.com",
    ],
    var.receivers == null ? [] : ["compute.googleapis.com"],
  ))
  project = var.project_id
  service = each.value
  # Other things in the project may use it.
  disable_on_destroy = false
}

# Pub/Sub pushes as this one, schedules call as the other; both may invoke what they call and nothing else.
resource "google_service_account" "push" {
  project      = var.project_id
  account_id   = "jobtrail-push"
  display_name = "Jobtrail push subscriptions"
}

resource "google_service_account" "scheduler" {
  project      = var.project_id
  account_id   = "jobtrail-scheduler"
  display_name = "Jobtrail schedules"
}

resource "google_service_account" "build" {
  project      = var.project_id
  account_id   = "jobtrail-build"
  display_name = "Jobtrail builds of functions"
}

# Without one of its own Cloud Build runs as the default account, which many organisations strip of its roles.
resource "google_project_iam_member" "build_logs" {
  project = var.project_id
  role    = "roles/logging.logWriter"
  member  = google_service_account.build.member
}

resource "google_project_iam_member" "build_images" {
  project = var.project_id
  role    = "roles/artifactregistry.writer"
  member  = google_service_account.build.member
}

resource "google_project_iam_member" "build_sources" {
  project = var.project_id
  role    = "roles/storage.objectViewer"
  member  = google_service_account.build.member
  # Google makes the bucket that a build reads: of it the beginning of the name is known. The evidence bucket is not among them.
  condition {
    title      = "sources-of-functions"
    expression = "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-${local.number}-\")"
  }
}

# What has to be there before a function is built.
resource "terraform_data" "builds" {
  depends_on = [
    google_project_service.this,
    google_project_iam_member.build_logs,
    google_project_iam_member.build_images,
    google_project_iam_member.build_sources,
  ]
}

# Images of workers. Here from the first apply on, so that an image can be before a source is pulled.
resource "google_artifact_registry_repository" "workers" {
  project       = var.project_id
  location      = var.region
  repository_id = "jobtrail"
  format        = "DOCKER"
  description   = "Jobtrail: images of functions/pull"
  labels        = var.labels

  # A tag is the digest of the zip that its image was built from, and stays with it.
  docker_config {
    immutable_tags = true
  }

  depends_on = [google_project_service.this]
}

locals {
  worker_zip        = replace(local.function_bundle, "{name}", "pull")
  worker_repository = "${var.region}-docker.pkg.dev/${replace(var.project_id, ":", "/")}/${google_artifact_registry_repository.workers.repository_id}"
  worker_image      = var.worker_image != null ? var.worker_image : !fileexists(local.worker_zip) ? null : "${local.worker_repository}/pull:${substr(filesha256(local.worker_zip), 0, 16)}"
}

resource "google_storage_bucket" "bundles" {
  project                     = var.project_id
  name                        = "${var.project_id}-jobtrail-bundles"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = true
  labels                      = var.labels

  versioning {
    enabled = true
  }

  dynamic "encryption" {
    for_each = var.kms_keys.storage == null ? [] : [var.kms_keys.storage]
    content {
      default_kms_key_name = encryption.value
    }
  }

  depends_on = [google_project_service.this, google_kms_crypto_key_iam_member.agents]
}

locals {
  key_users = {
    for name, use in {
      pubsub  = { key = var.kms_keys.pubsub, agent = local.pubsub_agent }
      spanner = { key = var.kms_keys.spanner, agent = local.spanner_agent }
      storage = { key = var.kms_keys.storage, agent = local.storage_agent }
    } : name => use if use.key != null
  }
}

resource "google_kms_crypto_key_iam_member" "agents" {
  for_each      = local.key_users
  crypto_key_id = each.value.key
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = each.value.agent
}
