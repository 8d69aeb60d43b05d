variable "project_id" {
  description = "Project of the pipeline."
  type        = string
}

variable "subscriptions" {
  description = "Subscriptions that deliver, by source."
  type        = map(string)
}

variable "dead_subscriptions" {
  description = "Subscriptions that hold dead letters, by source."
  type        = map(string)
}

variable "instance" {
  description = "Name of the Spanner instance."
  type        = string
}

variable "canary" {
  description = "Whether canaries are sent: then their absence is an alert."
  type        = bool
}

variable "notification_channels" {
  description = "Channels that are told."
  type        = list(string)
  default     = []
}

variable "thresholds" {
  description = "When policies fire: age of the oldest message, entries quarantined a minute, per cent of Spanner's CPU."
  type = object({
    backlog_seconds        = number
    quarantined_per_minute = number
    spanner_cpu_percent    = number
  })
}

variable "runbooks" {
  description = "Address of the page with a runbook for each policy; its name is the anchor."
  type        = string
  default     = "https://github.com/jobtrail/jobtrail/blob/main/docs/operations.md"
}

variable "labels" {
  description = "Labels of the policies."
  type        = map(string)
  default     = {}
}
