variable "project_id" {
  description = "Project of the pipeline."
  type        = string
}

variable "region" {
  description = "Region of the pipeline."
  type        = string
}

variable "watched_project" {
  description = "Project whose jobs are watched. The same one, for a trial."
  type        = string
}

variable "function_bundle" {
  description = "Path of the zips, {name} for the function's name; null: dist/functions/ of this checkout."
  type        = string
  default     = null
}

variable "secret_values" {
  description = "CANARY_KEY: `openssl rand -base64 32`. In TF_VAR_secret_values."
  type        = map(string)
  ephemeral   = true
  default     = {}
}
