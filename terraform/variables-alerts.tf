variable "channel_secrets" {
  description = "Names of the variables that `channels` of jobtrail.yaml name (env:SLACK_TOKEN): each a secret that deliver is given."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for name in var.channel_secrets : can(regex("^[A-Z][A-Z0-9_]{0,60}$", name))])
    error_message = "channel_secrets are names of environment variables in upper case."
  }
}

variable "secret_values" {
  description = <<-EOT
    Texts of secrets by name, as in the output `secrets`; never in a plan or a state. Read where `secret_versions` has the name. Give them in
    TF_VAR_secret_values, or leave both empty and add versions with gcloud before the functions are made (docs/deploy.md).
  EOT
  type        = map(string)
  ephemeral   = true
  default     = {}
}

variable "secret_versions" {
  description = "Secrets whose text this configuration writes: name → a number of yours. A higher one writes the text of `secret_values` as a new version."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for version in values(var.secret_versions) : can(regex("^[1-9][0-9]*$", version))])
    error_message = "secret_versions are whole numbers from 1 on."
  }
}

variable "notification_channels" {
  description = "Cloud Monitoring channels that are told when the pipeline itself is ill. Not those of the pipeline's own alerts alone: what is down tells nobody."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for channel in var.notification_channels : can(regex("^projects/[^/]+/notificationChannels/[0-9]+$", channel))])
    error_message = "notification_channels are like projects/P/notificationChannels/N."
  }
}

variable "thresholds" {
  description = <<-EOT
    When an alert policy fires. `backlog_seconds`: age of the oldest message that waits. `quarantined_per_minute`: entries that could
    not be read, over five minutes. `spanner_cpu_percent`: of tasks of high priority.
  EOT
  type = object({
    backlog_seconds        = optional(number, 600)
    quarantined_per_minute = optional(number, 6)
    spanner_cpu_percent    = optional(number, 65)
  })
  default = {}

  validation {
    condition     = var.thresholds.backlog_seconds >= 60 && var.thresholds.spanner_cpu_percent > 0 && var.thresholds.spanner_cpu_percent <= 100
    error_message = "backlog_seconds is at least 60, spanner_cpu_percent 1 to 100."
  }
}
