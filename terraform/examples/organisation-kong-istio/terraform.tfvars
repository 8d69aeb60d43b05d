# Put your own here.
project_id            = "acme-audit"
region                = "europe-west1"
organization_id       = "123456789012"
mesh_project          = "acme-mesh"
job_projects          = { data = "acme-data", models = "acme-models" }
domain                = "jobtrail.acme.example"
auditors              = { audit = "group:audit@acme.example" }
policy_admins         = { security = "group:platform-security@acme.example" }
notification_channels = ["projects/acme-audit/notificationChannels/1234567890123456789"]
