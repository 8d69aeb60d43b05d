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

variable "delivery_bucket" {
  description = "Bucket that Databricks delivers its audit log to (docs/sources/databricks.md)."
  type        = string
}

variable "delivery_project_number" {
  description = "Number of the project that the bucket is in."
  type        = string
}

variable "function_bundle" {
  description = "Path of the zips, {name} for the function's name; null: dist/functions/ of this checkout."
  type        = string
  default     = null
}

variable "secret_values" {
  description = "CANARY_KEY, and `workspace`: the token that runs are polled with. In TF_VAR_secret_values."
  type        = map(string)
  ephemeral   = true
  default     = {}
}
