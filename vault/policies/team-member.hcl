# A team's member, a person or its CI: may replace and remove the team's key and see what is told of
# it, and may not read it. One file for all teams: the path holds the caller's own team.

path "${kv}/data/{{identity.entity.metadata.team_id}}/blawby_api" {
  capabilities = ["create", "update", "delete"]
}

path "${kv}/delete/{{identity.entity.metadata.team_id}}/blawby_api" {
  capabilities = ["update"]
}

path "${kv}/undelete/{{identity.entity.metadata.team_id}}/blawby_api" {
  capabilities = ["update"]
}

path "${kv}/destroy/{{identity.entity.metadata.team_id}}/blawby_api" {
  capabilities = ["update"]
}

# Versions and their times; `delete` erases them all.
path "${kv}/metadata/{{identity.entity.metadata.team_id}}/blawby_api" {
  capabilities = ["read", "delete"]
}

# The names of the fields, never their values: the key's label is kept in names.
path "${kv}/subkeys/{{identity.entity.metadata.team_id}}/blawby_api" {
  capabilities = ["read"]
}

path "${kv}/data/{{identity.entity.metadata.team_id}}/config" {
  capabilities = ["read"]
}

# The team's matters: members read them. That one was opened is marked by the agent.
path "${kv}/metadata/{{identity.entity.metadata.team_id}}/matters/" {
  capabilities = ["list"]
}

path "${kv}/metadata/{{identity.entity.metadata.team_id}}/matters/+/" {
  capabilities = ["list"]
}

path "${kv}/subkeys/{{identity.entity.metadata.team_id}}/matters/+/+" {
  capabilities = ["read"]
}

path "${kv}/data/{{identity.entity.metadata.team_id}}/matters/+/+" {
  capabilities = ["read"]
}

path "${kv}/destroy/{{identity.entity.metadata.team_id}}/matters/+/+" {
  capabilities = ["update"]
}

# The secret that signs the team's webhooks: written and deleted, never read.
path "${kv}/data/{{identity.entity.metadata.team_id}}/webhook" {
  capabilities = ["create", "update"]
}

path "${kv}/metadata/{{identity.entity.metadata.team_id}}/webhook" {
  capabilities = ["delete"]
}

path "transit/hmac/team-secret-fingerprint" {
  capabilities = ["update"]
}

path "identity/entity/id/{{identity.entity.id}}" {
  capabilities = ["read"]
}

path "auth/token/lookup-self" {
  capabilities = ["read"]
}

path "auth/token/renew-self" {
  capabilities = ["update"]
}

path "auth/token/revoke-self" {
  capabilities = ["update"]
}
