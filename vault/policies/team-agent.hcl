# The agent while it acts for one team, with a batch token of at most ten minutes: reads that team's
# configuration and key, keeps its matters. Nothing else.

path "${kv}/data/{{identity.entity.metadata.team_id}}/config" {
  capabilities = ["read"]
}

path "${kv}/data/{{identity.entity.metadata.team_id}}/blawby_api" {
  capabilities = ["read"]
}

path "${kv}/data/{{identity.entity.metadata.team_id}}/matters/+/+" {
  capabilities = ["create", "read", "update"]
}

# For `delete_version_after`: matters expire.
path "${kv}/metadata/{{identity.entity.metadata.team_id}}/matters/+/+" {
  capabilities = ["create", "update"]
}

# Former versions go when a client corrects something, and all of them after the retention.
path "${kv}/destroy/{{identity.entity.metadata.team_id}}/matters/+/+" {
  capabilities = ["update"]
}

# What is to be done about the team's matters. Names of the worklist begin with a time, so no policy
# can hold an agent to its own; it can neither read, list nor delete there.
path "platform/data/worklist/+/+/+/+" {
  capabilities = ["create", "update"]
}

# The secret that signs the team's webhooks.
path "${kv}/data/{{identity.entity.metadata.team_id}}/webhook" {
  capabilities = ["read"]
}
