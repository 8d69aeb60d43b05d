variable "project_id" {
  description = "Project of the pipeline. One of its own: who administers it can read and stop the trail."
  type        = string

  validation {
    condition     = can(regex("^([a-z][a-z0-9.-]*:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id is the id of a project, not its number or name."
  }
}

variable "region" {
  description = "Region of functions, keys and buckets."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region is like europe-west1, without a zone."
  }
}

variable "scope" {
  description = <<-EOT
    Whose log entries are taken: `organization_id` (a number), `folder_ids` or `project_ids`, the latter two by names of your own.
    One kind only: a sink above takes what lies below it, and a second one there would deliver every entry twice.
  EOT
  type = object({
    organization_id = optional(string)
    folder_ids      = optional(map(string), {})
    project_ids     = optional(map(string), {})
  })

  validation {
    condition = length(compact([
      var.scope.organization_id == null ? "" : "organization",
      length(var.scope.folder_ids) == 0 ? "" : "folders",
      length(var.scope.project_ids) == 0 ? "" : "projects",
    ])) == 1
    error_message = "scope names an organisation, or folders, or projects: exactly one kind."
  }

  validation {
    condition     = var.scope.organization_id == null ? true : can(regex("^[0-9]+$", var.scope.organization_id))
    error_message = "organization_id is a number, as `gcloud organizations list` shows it."
  }

  validation {
    condition     = alltrue([for folder in values(var.scope.folder_ids) : can(regex("^folders/[0-9]+$", folder))])
    error_message = "folder_ids are like folders/123."
  }
}

variable "function_bundle" {
  description = "Path of the zips of `npm run build`; {name} stands for the function's name. null: dist/functions/{name}.zip of this checkout."
  type        = string
  default     = null
}

variable "worker_image" {
  description = "Container of functions/pull, for sources with `consumer = \"pull\"`. null: the one in the repository `jobtrail` that is tagged with the digest of its zip (docs/pull-worker.md)."
  type        = string
  default     = null
}

variable "deletion_protection" {
  description = "Refuses to remove what holds the trail: database, key, evidence. Set it to false and apply before you destroy."
  type        = bool
  default     = true
}

variable "message_retention" {
  description = "How long topics keep messages, delivered or not, for a `seek` after a bad deploy. Costs what Pub/Sub takes for storage."
  type        = string
  default     = "604800s"
}

variable "persistence_regions" {
  description = "Regions in which messages may rest; empty: the organisation's policy decides."
  type        = list(string)
  default     = []
}

variable "kms_keys" {
  description = "Keys of your own (CMEK), `projects/…/cryptoKeys/…`, in the region; null: Google's. Google's agents are granted their use; that of Spanner is there after `gcloud beta services identity create --service=spanner.googleapis.com`."
  type = object({
    pubsub  = optional(string)
    spanner = optional(string)
    storage = optional(string)
  })
  default = {}

  validation {
    condition = alltrue([
      for key in compact([var.kms_keys.pubsub, var.kms_keys.spanner, var.kms_keys.storage]) :
      can(regex("^projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+$", key))
    ])
    error_message = "kms_keys are like projects/P/locations/L/keyRings/R/cryptoKeys/K."
  }
}

variable "labels" {
  description = "Labels of everything that has any."
  type        = map(string)
  default     = { app = "jobtrail" }
}
