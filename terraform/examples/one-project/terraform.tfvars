# Put your own here.
project_id      = "acme-audit"
region          = "europe-west1"
watched_project = "acme-data"
