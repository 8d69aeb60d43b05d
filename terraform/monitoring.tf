# The pipeline watched from outside of it.
module "monitoring" {
  source                = "./modules/monitoring"
  project_id            = var.project_id
  subscriptions         = merge({ for name, source in module.source : name => source.subscription }, { findings = module.findings.subscription })
  dead_subscriptions    = merge({ for name, source in module.source : name => source.dead_subscription }, { findings = module.findings.dead_subscription })
  instance              = module.store.instance
  canary                = var.canary != null
  notification_channels = var.notification_channels
  thresholds            = var.thresholds
  labels                = var.labels
  depends_on            = [google_project_service.this]
}
