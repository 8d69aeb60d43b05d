variable "sources" {
  description = <<-EOT
    What is taken in, by the name of the source (docs/sources/), each with its own settings:
    `consumer`: `push` to a function, or `pull` by a StreamingPull worker, for steady rates above some hundred entries a second
    (docs/pull-worker.md).
    `min_instances`, `max_instances`, `concurrency`, `cpu`, `memory`: of the function; `min_instances` of a worker is how many there are, one
    where nothing is said.
    `exclusions`: name → filter of what the sinks leave out beside the pipeline's own entries, to save cost.
    `publishers`: who publishes to its topic, by a name of their own (approvals, deployments, openlineage; of databricks, the Cloud
    Storage agent of the bucket's project, where that is another one than the pipeline's).
    `callers`: who calls its address at the load balancer with a Google identity token, by a name of their own (the same three).
    `buckets`: buckets that Databricks delivers to, by a name of their own; each notifies the topic of its objects.
  EOT
  type = map(object({
    consumer      = optional(string, "push")
    min_instances = optional(number)
    max_instances = optional(number, 20)
    concurrency   = optional(number, 80)
    cpu           = optional(string, "1")
    memory        = optional(string, "512Mi")
    exclusions    = optional(map(string), {})
    publishers    = optional(map(string), {})
    callers       = optional(map(string), {})
    buckets       = optional(map(string), {})
  }))
  default = {
    bigquery   = {}
    dataflow   = {}
    dataproc   = {}
    iam        = {}
    kubernetes = {}
    logging    = {}
    platform   = {}
    pubsub     = {}
    spanner    = {}
    storage    = {}
  }

  validation {
    condition     = alltrue([for name in keys(var.sources) : contains(local.source_names, name)])
    error_message = "sources are named as under docs/sources/: ${join(", ", local.source_names)}."
  }

  validation {
    condition     = contains(keys(var.sources), "logging") && contains(keys(var.sources), "iam")
    error_message = "logging and iam are always taken in: by them it is seen when somebody switches the trail off."
  }

  validation {
    condition     = alltrue([for s in values(var.sources) : contains(["push", "pull"], s.consumer)])
    error_message = "consumer is push or pull."
  }

  validation {
    condition     = alltrue([for s in values(var.sources) : s.consumer == "push" || (length(s.callers) == 0 && coalesce(s.min_instances, 1) >= 1)])
    error_message = "A worker has no address that callers could call, and its min_instances are at least 1."
  }

  validation {
    condition     = try(var.sources.databricks.consumer, "push") == "push"
    error_message = "databricks is pushed: its messages only name the objects that are to be read."
  }

  validation {
    condition     = alltrue([for s in values(var.sources) : s.consumer == "pull" || s.concurrency >= 10])
    error_message = "With concurrency below 10 requests share no commit, and each message at once needs an instance of its own."
  }

  validation {
    condition     = alltrue([for name, s in var.sources : (name == "databricks") == (length(s.buckets) > 0)])
    error_message = "buckets are those of databricks, which needs at least one."
  }

  validation {
    condition = alltrue([
      for name, s in var.sources : contains(["approvals", "deployments", "openlineage"], name) || (length(s.callers) == 0 && (length(s.publishers) == 0 || name == "databricks"))
    ])
    error_message = "publishers and callers are for approvals, deployments and openlineage, publishers for databricks as well; the others come by sinks."
  }
}

variable "receivers" {
  description = <<-EOT
    The load balancer before what is reached from outside; null: nothing is. About 20 USD a month, traffic apart.
    `domain`: its host name. `slack`, `pagerduty`: their callbacks. `kong`: http-log of Kong and Konnect's webhook.
    Callers of approvals, deployments and openlineage are named at their sources.
  EOT
  type = object({
    domain              = string
    slack               = optional(bool, false)
    pagerduty           = optional(bool, false)
    kong                = optional(bool, false)
    requests_per_minute = optional(number, 600)
  })
  default = null

  validation {
    condition     = var.receivers != null || alltrue([for s in values(var.sources) : length(s.callers) == 0])
    error_message = "callers reach their source through the load balancer: set receivers."
  }

  validation {
    condition     = try(var.receivers.kong, false) ? try(var.sources.kong.consumer == "push", false) : true
    error_message = "receivers.kong needs the source kong, pushed to its function."
  }
}

variable "canary" {
  description = "Sends a canary along each path that jobtrail.yaml names (docs/sources/canary.md). `projects`: whose logs they are written to, by names of your own."
  type = object({
    schedule = optional(string, "*/5 * * * *")
    projects = optional(map(string), {})
  })
  default = {}
}

variable "observe" {
  description = <<-EOT
    Polls the engines and Cloud Monitoring (docs/sources/observed.md); null: nothing is polled. Projects by names of your own, the same as under
    `observe` of jobtrail.yaml. `databricks_tokens`: names of secrets; the token of NAME is file:/secrets/NAME/value there.
  EOT
  type = object({
    schedule          = optional(string, "*/5 * * * *")
    dataproc          = optional(map(string), {})
    dataflow          = optional(map(string), {})
    metrics           = optional(map(string), {})
    databricks_tokens = optional(set(string), [])
  })
  default = {}

  validation {
    condition     = var.observe == null ? true : alltrue([for name in var.observe.databricks_tokens : can(regex("^[a-z][a-z0-9-]{0,40}$", name))])
    error_message = "databricks_tokens are lower case letters, digits and dashes."
  }
}

variable "look_up" {
  description = "Projects in whose logs reconcile looks for a record that is missing before anybody is alerted, by names of your own; empty: it does not."
  type        = map(string)
  default     = {}
}
