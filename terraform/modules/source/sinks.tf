# Sinks of one source, and what their writers need. A sink that may not write drops its entries.
locals {
  destination = "pubsub.googleapis.com/${google_pubsub_topic.this.id}"
  routed      = var.filter != null
}

resource "google_logging_organization_sink" "this" {
  for_each         = local.routed && var.scope.organization_id != null ? { organization = var.scope.organization_id } : {}
  name             = local.id
  org_id           = each.value
  description      = "Jobtrail: ${var.name}"
  destination      = local.destination
  filter           = var.filter
  include_children = true
  # Intercepting would take the entries away from sinks of child resources.
  intercept_children = false

  dynamic "exclusions" {
    for_each = var.exclusions
    content {
      name   = exclusions.key
      filter = exclusions.value
    }
  }
}

resource "google_logging_folder_sink" "this" {
  for_each           = local.routed ? var.scope.folder_ids : {}
  name               = local.id
  folder             = each.value
  description        = "Jobtrail: ${var.name}"
  destination        = local.destination
  filter             = var.filter
  include_children   = true
  intercept_children = false

  dynamic "exclusions" {
    for_each = var.exclusions
    content {
      name   = exclusions.key
      filter = exclusions.value
    }
  }
}

resource "google_logging_project_sink" "this" {
  for_each               = local.routed ? var.scope.project_ids : {}
  name                   = local.id
  project                = each.value
  description            = "Jobtrail: ${var.name}"
  destination            = local.destination
  filter                 = var.filter
  unique_writer_identity = true

  dynamic "exclusions" {
    for_each = var.exclusions
    content {
      name   = exclusions.key
      filter = exclusions.value
    }
  }
}

locals {
  # Keys are known before the apply, identities are not.
  writers = merge(
    { for key, sink in google_logging_organization_sink.this : key => sink.writer_identity },
    { for key, sink in google_logging_folder_sink.this : "folder-${key}" => sink.writer_identity },
    { for key, sink in google_logging_project_sink.this : "project-${key}" => sink.writer_identity },
  )
}

resource "google_pubsub_topic_iam_member" "sink_writers" {
  for_each = local.writers
  project  = var.project_id
  topic    = google_pubsub_topic.this.name
  role     = "roles/pubsub.publisher"
  member   = each.value
}
