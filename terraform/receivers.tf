# What may be reached from outside, each path with the header that is verified behind the load balancer.
locals {
  received = var.receivers == null ? {} : merge(
    local.callbacks ? {
      callbacks = {
        service = module.callbacks[0].name
        paths = merge(
          var.receivers.slack ? { "/slack" = "x-slack-signature" } : {},
          var.receivers.pagerduty ? { "/pagerduty" = "x-pagerduty-signature" } : {},
        )
      }
    } : {},
    local.kong_receives ? {
      kong = { service = module.source_function["kong"].name, paths = { "/kong" = "x-jobtrail-key|authorization" } }
    } : {},
    { for name in keys(local.called) : name => {
      service = module.source_function[name].name
      paths   = { (local.catalogue[name].path) = "authorization" }
    } },
  )
}

module "receivers" {
  source              = "./modules/receivers"
  count               = var.receivers == null ? 0 : 1
  project_id          = var.project_id
  region              = var.region
  domain              = var.receivers.domain
  receivers           = local.received
  requests_per_minute = var.receivers.requests_per_minute
  depends_on          = [google_project_service.this]
}
