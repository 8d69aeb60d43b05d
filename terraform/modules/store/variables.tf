variable "project_id" {
  description = "Project of the pipeline."
  type        = string
}

variable "instance_config" {
  description = "Where the instance is, e.g. `regional-europe-west1`."
  type        = string
}

variable "edition" {
  description = "STANDARD is enough. ENTERPRISE has the autoscaler, incremental backups and the optional property graph, for about a third more."
  type        = string
  default     = "STANDARD"

  validation {
    condition     = contains(["STANDARD", "ENTERPRISE", "ENTERPRISE_PLUS"], var.edition)
    error_message = "edition is STANDARD, ENTERPRISE or ENTERPRISE_PLUS."
  }
}

variable "processing_units" {
  description = "Capacity without autoscaling: hundreds below 1000, then thousands. 100 take about 350 single-row writes a second."
  type        = number
  default     = 100

  validation {
    condition     = var.processing_units >= 100 && (var.processing_units < 1000 ? var.processing_units % 100 == 0 : var.processing_units % 1000 == 0)
    error_message = "processing_units is a multiple of 100 below 1000, and of 1000 from there on."
  }
}

variable "autoscaling" {
  description = "Limits of the managed autoscaler in processing units; null: `processing_units` hold. Not in the Standard edition."
  type = object({
    min_processing_units = number
    max_processing_units = number
  })
  default = null

  validation {
    condition = var.autoscaling == null ? true : (
      var.edition != "STANDARD" && var.autoscaling.min_processing_units >= 1000 && var.autoscaling.max_processing_units >= var.autoscaling.min_processing_units
    )
    error_message = "Autoscaling needs edition ENTERPRISE or higher, starts at 1000 processing units, and its maximum is not below its minimum."
  }
}

variable "ddl" {
  description = "Statements that a new database is made with. Later ones are `jobtrail migrate`'s."
  type        = list(string)
}

variable "version_retention" {
  description = "How far back the database can be read and restored to: 1h to 7d."
  type        = string
  default     = "7d"

  validation {
    condition     = can(regex("^([1-9]|1[0-9]|2[0-4])h$|^[1-7]d$", var.version_retention))
    error_message = "version_retention is 1h to 24h, or 1d to 7d."
  }
}

variable "backup" {
  description = "Full backups: cron (twelve hours apart at least) and how many days each is kept; null: none are made here."
  type = object({
    cron           = optional(string, "0 3 * * *")
    retention_days = optional(number, 30)
  })
  default = {}

  validation {
    condition     = var.backup == null ? true : var.backup.retention_days >= 1 && var.backup.retention_days <= 365
    error_message = "Backups are kept 1 to 365 days."
  }
}

variable "deletion_protection" {
  description = "Refuses to remove instance and database, by Terraform and by anybody else."
  type        = bool
  default     = true
}

variable "auditors" {
  description = "Members with the database role jobtrail_auditor, by a name of their own: read everything but raw texts."
  type        = map(string)
  default     = {}
}

variable "policy_admins" {
  description = "Members with the database role jobtrail_policy, by a name of their own: `jobtrail policy push`."
  type        = map(string)
  default     = {}
}

variable "on_call" {
  description = "Members with the database role jobtrail_oncall, by a name of their own: `jobtrail alerts`."
  type        = map(string)
  default     = {}
}

variable "operators" {
  description = "Members with the database role jobtrail_operator, by a name of their own: `jobtrail backfill` and `redrive`."
  type        = map(string)
  default     = {}
}

variable "kms_key_name" {
  description = "Key that the database is encrypted with, in its region; null: Google's. Cannot be changed later."
  type        = string
  default     = null
}

variable "labels" {
  description = "Labels of the instance."
  type        = map(string)
  default     = {}
}
