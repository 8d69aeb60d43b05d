variable "project_id" {
  description = "Project of the pipeline."
  type        = string
}

variable "name" {
  description = "Name of the source. Topic, subscription and sinks are jobtrail-NAME, by which source health finds them."
  type        = string
}

variable "scope" {
  description = "Where sinks are made: `organization_id`, or `folder_ids`, or `project_ids` by a name of their own."
  type = object({
    organization_id = optional(string)
    folder_ids      = optional(map(string), {})
    project_ids     = optional(map(string), {})
  })
  default = {}
}

variable "filter" {
  description = "Filter of the sinks in the Logging query language; null: the source comes by no sink."
  type        = string
  default     = null

  validation {
    condition     = var.filter == null ? true : length(var.filter) <= 20000
    error_message = "Cloud Logging takes filters of at most 20,000 characters."
  }
}

variable "exclusions" {
  description = "What the sinks leave out: name → filter."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(var.exclusions) <= 50
    error_message = "A sink takes at most 50 exclusions."
  }
}

variable "publishers" {
  description = "Who else publishes to the topic, by a name of their own: `serviceAccount:EMAIL`."
  type        = map(string)
  default     = {}
}

variable "push" {
  description = "Endpoint of the function and the account that Pub/Sub signs as; null: a worker pulls."
  type = object({
    endpoint        = string
    audience        = string
    service_account = string
  })
  default = null
}

variable "pull_member" {
  description = "Account of the worker that pulls; null: the subscription pushes."
  type        = string
  default     = null

  validation {
    condition     = (var.push == null) != (var.pull_member == null)
    error_message = "A source is pushed or pulled: set one of push and pull_member."
  }
}

variable "pubsub_agent" {
  description = "Pub/Sub's service agent, `serviceAccount:service-NUMBER@gcp-sa-pubsub.iam.gserviceaccount.com`."
  type        = string
}

variable "retention" {
  description = "How long the topic keeps messages, delivered or not, for a `seek` after a bad deploy: seconds with `s`."
  type        = string
  default     = "604800s"

  validation {
    condition     = can(regex("^[0-9]+s$", var.retention)) && try(tonumber(trimsuffix(var.retention, "s")) >= 600 && tonumber(trimsuffix(var.retention, "s")) <= 2678400, false)
    error_message = "retention is 600s to 2678400s (31 days)."
  }
}

variable "ack_deadline_seconds" {
  description = "Above the function's timeout, so that what is still being committed is not delivered again."
  type        = number
  default     = 120

  validation {
    condition     = var.ack_deadline_seconds > 60 && var.ack_deadline_seconds <= 600
    error_message = "ack_deadline_seconds is above the 60 s of a request, and at most 600."
  }
}

variable "max_delivery_attempts" {
  description = "Deliveries before the dead-letter topic. 100 outlast about 15 hours without a database; 5 last minutes."
  type        = number
  default     = 100

  validation {
    condition     = var.max_delivery_attempts == 100
    error_message = "Anything below the 100 that Pub/Sub allows sends messages of an outage to the dead letters."
  }
}

variable "kms_key_name" {
  description = "Key that messages are encrypted with; null: Google's. Pub/Sub's agent must be able to use it."
  type        = string
  default     = null
}

variable "persistence_regions" {
  description = "Regions in which messages may rest; empty: the organisation's policy decides. Never enforced in transit, which would drop entries that Cloud Logging routes from elsewhere."
  type        = list(string)
  default     = []
}

variable "labels" {
  description = "Labels of topics and subscriptions."
  type        = map(string)
  default     = {}
}
