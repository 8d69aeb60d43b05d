# One page: what comes in, what waits, what fails, what is told, and what it costs Spanner.
locals {
  charts = [
    { title = "Messages published, by topic", query = "sum by (topic_id) (rate(pubsub_googleapis_com:topic_send_message_operation_count{monitored_resource=\"pubsub_topic\", topic_id=~\"jobtrail-.*\"}[5m]))" },
    { title = "Oldest message that waits, s", query = "max by (subscription_id) (pubsub_googleapis_com:subscription_oldest_unacked_message_age{monitored_resource=\"pubsub_subscription\", subscription_id=~\"${local.pushed}\"})" },
    { title = "Dead letters", query = "max by (subscription_id) (pubsub_googleapis_com:subscription_num_undelivered_messages{monitored_resource=\"pubsub_subscription\", subscription_id=~\"${local.dead}\"})" },
    { title = "Entries exported by sinks", query = "sum by (name) (rate(logging_googleapis_com:exports_log_entry_count{monitored_resource=\"logging_sink\", name=~\"jobtrail-.*\"}[5m]))" },
    { title = "Requests, by function and answer", query = "sum by (service_name, response_code_class) (rate(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\", service_name=~\"jobtrail-.*\"}[5m]))" },
    { title = "Time of a request, 95th percentile, ms", query = "histogram_quantile(0.95, sum by (service_name, le) (rate(run_googleapis_com:request_latencies_bucket{monitored_resource=\"cloud_run_revision\", service_name=~\"jobtrail-.*\"}[5m])))" },
    { title = "Instances", query = "sum by (service_name) (run_googleapis_com:container_instance_count{monitored_resource=\"cloud_run_revision\", service_name=~\"jobtrail-.*\"})" },
    { title = "Entries quarantined a minute", query = "sum by (source, reason) (rate(${local.metric}_quarantined{LOGGED_BY}[5m])) * 60" },
    { title = "Paths that do not vouch", query = "sum by (path, status) (increase(${local.metric}_path_not_vouched{LOGGED_BY}[5m]))" },
    { title = "Alerts that no channel took", query = "sum by (channel) (increase(${local.metric}_undelivered{LOGGED_BY}[10m]))" },
    { title = "Spanner CPU, by priority", query = "sum by (priority) (spanner_googleapis_com:instance_cpu_utilization_by_priority{monitored_resource=\"spanner_instance\", instance_id=\"${var.instance}\"})" },
    { title = "Spanner storage, bytes", query = "sum(spanner_googleapis_com:instance_storage_used_bytes{monitored_resource=\"spanner_instance\", instance_id=\"${var.instance}\"})" },
  ]
}

resource "google_monitoring_dashboard" "this" {
  project = var.project_id
  dashboard_json = jsonencode({
    displayName = "Jobtrail"
    mosaicLayout = {
      columns = 48
      tiles = [
        for index, chart in local.charts : {
          xPos   = (index % 2) * 24
          yPos   = floor(index / 2) * 16
          width  = 24
          height = 16
          widget = {
            title = chart.title
            xyChart = {
              dataSets = [{
                plotType        = "LINE"
                timeSeriesQuery = { prometheusQuery = join(" or ", distinct([for by in local.logged_by : replace(chart.query, "LOGGED_BY", by)])) }
              }]
            }
          }
        }
      ]
    }
  })
}
