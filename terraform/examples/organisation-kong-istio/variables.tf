variable "project_id" {
  description = "Project of the pipeline."
  type        = string
}

variable "region" {
  description = "Region of the pipeline."
  type        = string
}

variable "organization_id" {
  description = "Number of the organisation."
  type        = string
}

variable "mesh_project" {
  description = "Project of the GKE clusters with Istio and Kong: canaries are written to its logs."
  type        = string
}

variable "job_projects" {
  description = "Projects whose jobs are polled, by names of your own."
  type        = map(string)
}

variable "domain" {
  description = "Host name at which Slack and PagerDuty answer, and Kong Konnect posts."
  type        = string
}

variable "auditors" {
  description = "Who reads the trail, by names of your own."
  type        = map(string)
}

variable "policy_admins" {
  description = "Who may push policies, by names of your own."
  type        = map(string)
}

variable "notification_channels" {
  description = "Cloud Monitoring channels that are told when the pipeline itself is ill."
  type        = list(string)
}

variable "function_bundle" {
  description = "Path of the zips, {name} for the function's name; null: dist/functions/ of this checkout."
  type        = string
  default     = null
}

variable "secret_values" {
  description = "Texts of the secrets that `secret_versions` names. In TF_VAR_secret_values."
  type        = map(string)
  ephemeral   = true
  default     = {}
}
