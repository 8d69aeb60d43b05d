output "policies" {
  description = "Names of the alert policies: each is an anchor of docs/operations.md."
  value       = keys(local.policies)
}
