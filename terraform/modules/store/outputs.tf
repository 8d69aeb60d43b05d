output "instance" {
  description = "Name of the instance."
  value       = google_spanner_instance.this.name
}

output "database" {
  description = "Name of the database."
  value       = google_spanner_database.this.name
}

output "store" {
  description = "The database as `--store` and JOBTRAIL_STORE name it."
  value       = "spanner:projects/${var.project_id}/instances/${google_spanner_instance.this.name}/databases/${google_spanner_database.this.name}"
}
