# The only way in from outside: a load balancer whose policy knows the paths of the receivers and lets through what carries
# the header that is verified behind it. Everything else is answered here.
locals {
  # Priority of a rule by its place; maps are in the order of their keys.
  admitted = flatten([
    for name, receiver in var.receivers : [
      for path, headers in receiver.paths : { receiver = name, path = path, headers = split("|", headers) }
    ]
  ])
}

resource "google_compute_region_network_endpoint_group" "this" {
  for_each              = var.receivers
  project               = var.project_id
  region                = var.region
  name                  = each.value.service
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = each.value.service
  }
}

resource "google_compute_backend_service" "this" {
  for_each              = var.receivers
  project               = var.project_id
  name                  = each.value.service
  protocol              = "HTTPS"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  security_policy       = google_compute_security_policy.this.id
  backend {
    group = google_compute_region_network_endpoint_group.this[each.key].id
  }
  log_config {
    enable      = true
    sample_rate = 1
  }
}

resource "google_compute_security_policy" "this" {
  project     = var.project_id
  name        = "jobtrail-receivers"
  description = "Known paths with the header that proves the caller; nothing else."

  dynamic "rule" {
    for_each = local.admitted
    content {
      action      = "throttle"
      priority    = 1000 + rule.key
      description = "${rule.value.receiver} at ${rule.value.path}"
      match {
        expr {
          expression = "request.method == 'POST' && request.path == '${rule.value.path}' && (${join(" || ", [for header in rule.value.headers : "has(request.headers['${header}'])"])})"
        }
      }
      rate_limit_options {
        conform_action = "allow"
        exceed_action  = "deny(429)"
        enforce_on_key = "IP"
        rate_limit_threshold {
          count        = var.requests_per_minute
          interval_sec = 60
        }
      }
    }
  }

  rule {
    action      = "deny(403)"
    priority    = 2147483647
    description = "Everything else."
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
  }
}

resource "google_compute_url_map" "this" {
  project         = var.project_id
  name            = "jobtrail-receivers"
  default_service = google_compute_backend_service.this[keys(var.receivers)[0]].id

  host_rule {
    hosts        = [var.domain]
    path_matcher = "receivers"
  }

  path_matcher {
    name            = "receivers"
    default_service = google_compute_backend_service.this[keys(var.receivers)[0]].id

    dynamic "path_rule" {
      for_each = var.receivers
      content {
        paths   = keys(path_rule.value.paths)
        service = google_compute_backend_service.this[path_rule.key].id
      }
    }
  }
}

# Of another name for another domain: one that is in use cannot be replaced before its successor is there.
resource "google_compute_managed_ssl_certificate" "this" {
  project = var.project_id
  name    = "jobtrail-receivers-${substr(sha256(var.domain), 0, 8)}"
  managed {
    domains = [var.domain]
  }
  lifecycle {
    create_before_destroy = true
  }
}

resource "google_compute_ssl_policy" "this" {
  project         = var.project_id
  name            = "jobtrail-receivers"
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"
}

resource "google_compute_target_https_proxy" "this" {
  project          = var.project_id
  name             = "jobtrail-receivers"
  url_map          = google_compute_url_map.this.id
  ssl_certificates = [google_compute_managed_ssl_certificate.this.id]
  ssl_policy       = google_compute_ssl_policy.this.id
}

resource "google_compute_global_address" "this" {
  project = var.project_id
  name    = "jobtrail-receivers"
}

resource "google_compute_global_forwarding_rule" "this" {
  project               = var.project_id
  name                  = "jobtrail-receivers"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.this.id
  port_range            = "443"
  target                = google_compute_target_https_proxy.this.id
}
