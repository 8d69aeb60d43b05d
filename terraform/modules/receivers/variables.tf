variable "project_id" {
  description = "Project of the pipeline."
  type        = string
}

variable "region" {
  description = "Region of the functions."
  type        = string
}

variable "domain" {
  description = "Host name of the receivers; its A record is the output `address`."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,}$", var.domain))
    error_message = "domain is a host name in lower case, without https:// and without a path."
  }
}

variable "receivers" {
  description = <<-EOT
    What is reached through the load balancer, by the name of its function: its Cloud Run service, its paths, and the header that a
    request must carry to be let through to each: what its signature, secret or token is in.
  EOT
  type = map(object({
    service = string
    paths   = map(string)
  }))

  validation {
    condition     = length(var.receivers) > 0 && alltrue([for r in values(var.receivers) : length(r.paths) > 0])
    error_message = "A load balancer needs a receiver, and each receiver a path."
  }

  validation {
    condition = alltrue(flatten([
      for r in values(var.receivers) : [for path, header in r.paths : can(regex("^(/[a-z0-9-]+)+$", path)) && can(regex("^[a-z0-9|-]+$", header))]
    ]))
    error_message = "Paths are like /slack, and headers in lower case; several are separated by |."
  }
}

variable "requests_per_minute" {
  description = "Of one address; what is above is answered 429."
  type        = number
  default     = 600

  validation {
    condition     = var.requests_per_minute >= 10
    error_message = "requests_per_minute is at least 10."
  }
}
