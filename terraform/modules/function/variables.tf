variable "project_id" {
  description = "Project of the pipeline."
  type        = string
}

variable "region" {
  description = "Region that it runs in."
  type        = string
}

variable "name" {
  description = "Name of the function: its folder under functions/, its target, its zip."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z-]{1,18}$", var.name))
    error_message = "A service account's id is jobtrail-NAME and has at most 30 characters."
  }
}

variable "runtime" {
  description = "`function`: HTTP function of the 2nd generation. `worker-pool`: the same core behind StreamingPull."
  type        = string
  default     = "function"

  validation {
    condition     = contains(["function", "worker-pool"], var.runtime)
    error_message = "runtime is function or worker-pool."
  }
}

variable "bundle" {
  description = "The zip of `npm run build`: local path, and the bucket it is put into."
  type = object({
    file   = string
    bucket = string
  })
}

variable "build_service_account" {
  description = "Service account that Cloud Build runs as, `projects/P/serviceAccounts/EMAIL`."
  type        = string
}

variable "worker_image" {
  description = "Container of functions/pull, for `worker-pool`."
  type        = string
  default     = null

  validation {
    condition     = var.runtime == "function" || (var.worker_image != null && var.min_instances >= 1)
    error_message = "A worker pool needs an image and at least one instance: run `npm run build`, or set worker_image (docs/pull-worker.md)."
  }
}

variable "environment" {
  description = "Environment beside what every function has."
  type        = map(string)
  default     = {}
}

variable "secret_environment" {
  description = "Secrets in variables: name of the variable → id of the secret."
  type        = map(string)
  default     = {}
}

variable "secret_files" {
  description = "Secrets in files, which follow a new version without a restart: folder under /secrets → id of the secret. The file is `value`."
  type        = map(string)
  default     = {}
}

variable "database" {
  description = "Where it stores, and the database role that it uses; null: it has no store."
  type = object({
    instance = string
    name     = string
    role     = string
  })
  default = null
}

variable "findings" {
  description = "Topic `projects/P/topics/T` that it publishes new findings to; null: it publishes none."
  type = object({
    topic = string
  })
  default = null
}

variable "project_roles" {
  description = "Roles in other projects, by a name of their own: what it asks there or writes there."
  type = map(object({
    project = string
    role    = string
  }))
  default = {}
}

variable "bucket_roles" {
  description = "Roles on buckets, by a name of their own."
  type = map(object({
    bucket = string
    role   = string
  }))
  default = {}
}

variable "invokers" {
  description = "Who may call it, by a name of their own: `serviceAccount:EMAIL`. `allUsers` only for what checks its callers itself."
  type        = map(string)
  default     = {}
}

variable "ingress" {
  description = "`ALLOW_INTERNAL_ONLY` for pushes and schedules; `ALLOW_INTERNAL_AND_GCLB` for what the load balancer calls as well."
  type        = string
  default     = "ALLOW_INTERNAL_ONLY"

  validation {
    condition     = contains(["ALLOW_INTERNAL_ONLY", "ALLOW_INTERNAL_AND_GCLB"], var.ingress)
    error_message = "No function of this pipeline is reached from outside but through the load balancer."
  }
}

variable "concurrency" {
  description = "Requests that an instance handles at once. They share commits; 1 shares nothing and needs an instance for each message."
  type        = number
  default     = 80

  validation {
    condition     = var.concurrency >= 1 && var.concurrency <= 1000
    error_message = "concurrency is 1 to 1000."
  }
}

variable "cpu" {
  description = "vCPU of an instance. Concurrency above 1 needs a whole one."
  type        = string
  default     = "1"

  validation {
    condition     = var.concurrency == 1 || try(tonumber(var.cpu) >= 1, false)
    error_message = "Concurrency above 1 needs at least one vCPU."
  }
}

variable "memory" {
  description = "Memory of an instance."
  type        = string
  default     = "512Mi"
}

variable "timeout_seconds" {
  description = "Longest time of one request. Below the acknowledgement deadline of its subscription, above the 20 s of a transaction."
  type        = number
  default     = 60

  validation {
    condition     = var.timeout_seconds >= 30 && var.timeout_seconds <= 540
    error_message = "timeout_seconds is 30 to 540."
  }
}

variable "min_instances" {
  description = "Instances kept warm; each costs about as much as an idle vCPU. Of a worker pool, its instances."
  type        = number
  default     = 0
}

variable "max_instances" {
  description = "The only brake on the load on Spanner."
  type        = number
  default     = 20

  validation {
    condition     = var.max_instances >= 1 && var.max_instances >= var.min_instances && var.max_instances <= 1000
    error_message = "max_instances is 1 to 1000 and at least min_instances."
  }
}

variable "labels" {
  description = "Labels of the function."
  type        = map(string)
  default     = {}
}
