variable "spanner" {
  description = <<-EOT
    `config`: null is regional in `region`. `edition`: STANDARD, or ENTERPRISE for the autoscaler. `processing_units`: 100 cost about 66 USD
    a month. `autoscaling`: instead, from 1000 on. `backup`: null for none. `version_retention`: how far back it can be restored to.
  EOT
  type = object({
    config           = optional(string)
    edition          = optional(string, "STANDARD")
    processing_units = optional(number, 100)
    autoscaling = optional(object({
      min_processing_units = number
      max_processing_units = number
    }))
    backup = optional(object({
      cron           = optional(string, "0 3 * * *")
      retention_days = optional(number, 30)
    }), {})
    version_retention = optional(string, "7d")
  })
  default = {}

  validation {
    condition     = contains(["STANDARD", "ENTERPRISE", "ENTERPRISE_PLUS"], var.spanner.edition)
    error_message = "spanner.edition is STANDARD, ENTERPRISE or ENTERPRISE_PLUS."
  }

  validation {
    condition     = var.spanner.autoscaling == null || var.spanner.edition != "STANDARD"
    error_message = "spanner.autoscaling needs the edition ENTERPRISE or higher."
  }
}

variable "auditors" {
  description = "Who reads everything but raw texts, evidence and public key, by names of their own: `group:audit@example.com`."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for member in values(var.auditors) : can(regex("^(user|group|serviceAccount|principal|principalSet):", member))])
    error_message = "auditors are members of IAM policies: user:, group:, serviceAccount:, principal: or principalSet:."
  }
}

variable "policy_admins" {
  description = "Who may push policies and configuration (`jobtrail policy push`), by names of their own."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for member in values(var.policy_admins) : can(regex("^(user|group|serviceAccount|principal|principalSet):", member))])
    error_message = "policy_admins are members of IAM policies: user:, group:, serviceAccount:, principal: or principalSet:."
  }
}

variable "on_call" {
  description = "Who answers alerts and makes silences at the command line (`jobtrail alerts`), by names of their own. They read what auditors read."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for member in values(var.on_call) : can(regex("^(user|group|serviceAccount|principal|principalSet):", member))])
    error_message = "on_call are members of IAM policies: user:, group:, serviceAccount:, principal: or principalSet:."
  }
}

variable "operators" {
  description = "Who may run `jobtrail backfill` and `jobtrail redrive`, by names of their own. They can put in entries that never were, as the functions can."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for member in values(var.operators) : can(regex("^(user|group|serviceAccount|principal|principalSet):", member))])
    error_message = "operators are members of IAM policies: user:, group:, serviceAccount:, principal: or principalSet:."
  }
}

variable "evidence" {
  description = "`bucket_name`: null is PROJECT-jobtrail-evidence. `retention_days`: how long no object can be changed. `lock_retention`: makes that irrevocable."
  type = object({
    bucket_name    = optional(string)
    retention_days = optional(number, 400)
    lock_retention = optional(bool, false)
  })
  default = {}
}

variable "data_access_logs" {
  description = <<-EOT
    Switches on the Data Access logs that detections look at; null: leaves them as they are. `parent`: organizations/N, folders/N or
    projects/ID. Cloud Logging charges about 0.50 USD for each GiB that its buckets take in, above 50 GiB a project and month. One read of an
    object is about 2 kB: a thousand a second are about 5 TB and 2,500 USD a month. Leave storage.googleapis.com to the projects whose
    buckets matter, or exclude these entries from `_Default` after they are routed. Each service is set as a whole.
  EOT
  type = object({
    parent = string
    services = optional(map(set(string)), {
      "bigquery.googleapis.com"             = ["ADMIN_READ", "DATA_READ", "DATA_WRITE"]
      "cloudresourcemanager.googleapis.com" = ["ADMIN_READ"]
      "dataflow.googleapis.com"             = ["ADMIN_READ"]
      "dataproc.googleapis.com"             = ["ADMIN_READ", "DATA_READ"]
      "iam.googleapis.com"                  = ["ADMIN_READ", "DATA_READ"]
      "logging.googleapis.com"              = ["ADMIN_READ"]
      "pubsub.googleapis.com"               = ["ADMIN_READ"]
      "secretmanager.googleapis.com"        = ["DATA_READ"]
      "spanner.googleapis.com"              = ["DATA_READ", "DATA_WRITE"]
      "storage.googleapis.com"              = ["DATA_READ", "DATA_WRITE"]
      "sts.googleapis.com"                  = ["ADMIN_READ", "DATA_READ"]
    })
  })
  default = null
}
