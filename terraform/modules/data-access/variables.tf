variable "parent" {
  description = "Where the audit configuration is set: `organizations/N`, `folders/N` or `projects/ID`."
  type        = string

  validation {
    condition     = can(regex("^(organizations/[0-9]+|folders/[0-9]+|projects/[a-z][a-z0-9:.-]+)$", var.parent))
    error_message = "parent is organizations/NUMBER, folders/NUMBER or projects/ID."
  }
}

variable "services" {
  description = "Log types by service. Each service is set as a whole: what is there already for it on this parent is replaced."
  type        = map(set(string))

  validation {
    condition = alltrue([
      for types in values(var.services) : length(types) > 0 && length(setsubtract(types, ["ADMIN_READ", "DATA_READ", "DATA_WRITE"])) == 0
    ])
    error_message = "Log types are ADMIN_READ, DATA_READ and DATA_WRITE."
  }
}

variable "exempted_members" {
  description = "Members whose reads and writes are not logged: the accounts of the pipeline itself, which would log its own commits."
  type        = list(string)
  default     = []
}
