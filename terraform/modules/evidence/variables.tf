variable "project_id" {
  description = "Project of the pipeline."
  type        = string
}

variable "region" {
  description = "Region of key and bucket."
  type        = string
}

variable "bucket_name" {
  description = "Name of the bucket, of which there is one in the world."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$", var.bucket_name))
    error_message = "bucket_name is 3 to 63 of a-z, 0-9, dot, dash and underscore."
  }
}

variable "retention_days" {
  description = "How long nobody can remove or change an object."
  type        = number
  default     = 400

  validation {
    condition     = var.retention_days >= 1 && var.retention_days <= 36500
    error_message = "retention_days is 1 to 36500."
  }
}

variable "lock_retention" {
  description = "Locks the retention policy. Cannot be undone: the bucket stays, and is paid for, until its last object is old enough."
  type        = bool
  default     = false
}

variable "deletion_protection" {
  description = "Refuses to remove key and bucket."
  type        = bool
  default     = true
}

variable "signers" {
  description = "Members that may sign with the key, by a name of their own."
  type        = map(string)
  default     = {}
}

variable "writers" {
  description = "Members that may add objects to the bucket, by a name of their own. They can neither read nor change any."
  type        = map(string)
  default     = {}
}

variable "auditors" {
  description = "Members that read the bucket and the public key, by a name of their own."
  type        = map(string)
  default     = {}
}

variable "kms_key_name" {
  description = "Key that objects are encrypted with; null: Google's."
  type        = string
  default     = null
}

variable "labels" {
  description = "Labels of the bucket."
  type        = map(string)
  default     = {}
}
