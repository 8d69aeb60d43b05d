output "topic" {
  description = "`projects/P/topics/T`."
  value       = google_pubsub_topic.this.id
}

output "subscription" {
  description = "Name of the subscription."
  value       = google_pubsub_subscription.this.name
}

output "dead_subscription" {
  description = "Name of the subscription that holds its dead letters."
  value       = google_pubsub_subscription.dead.name
}

output "sinks" {
  description = "Sinks by where they are: the full names of what `corroboration.paths` may list."
  value = merge(
    { for key, sink in google_logging_organization_sink.this : key => "organizations/${sink.org_id}/sinks/${sink.name}" },
    { for key, sink in google_logging_folder_sink.this : "folder-${key}" => "folders/${trimprefix(sink.folder, "folders/")}/sinks/${sink.name}" },
    { for key, sink in google_logging_project_sink.this : "project-${key}" => "projects/${sink.project}/sinks/${sink.name}" },
  )
}
