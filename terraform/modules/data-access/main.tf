# Switches Data Access logs on. Exempted are the pipeline's own accounts, from what they read and write alone.
locals {
  kind = split("/", var.parent)[0]
  id   = split("/", var.parent)[1]
}

resource "google_organization_iam_audit_config" "this" {
  for_each = local.kind == "organizations" ? var.services : {}
  org_id   = local.id
  service  = each.key

  dynamic "audit_log_config" {
    for_each = each.value
    content {
      log_type         = audit_log_config.value
      exempted_members = audit_log_config.value == "ADMIN_READ" ? [] : var.exempted_members
    }
  }
}

resource "google_folder_iam_audit_config" "this" {
  for_each = local.kind == "folders" ? var.services : {}
  folder   = var.parent
  service  = each.key

  dynamic "audit_log_config" {
    for_each = each.value
    content {
      log_type         = audit_log_config.value
      exempted_members = audit_log_config.value == "ADMIN_READ" ? [] : var.exempted_members
    }
  }
}

resource "google_project_iam_audit_config" "this" {
  for_each = local.kind == "projects" ? var.services : {}
  project  = local.id
  service  = each.key

  dynamic "audit_log_config" {
    for_each = each.value
    content {
      log_type         = audit_log_config.value
      exempted_members = audit_log_config.value == "ADMIN_READ" ? [] : var.exempted_members
    }
  }
}
