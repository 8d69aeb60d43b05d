output "address" {
  description = "IPv4 address that the A record of the domain names."
  value       = google_compute_global_address.this.address
}
