# The agent while it acts for one team, with a batch token of at most ten minutes: reads that team's
# configuration and key, keeps its ledger of invoices. Nothing else.

path "${kv}/data/{{identity.entity.metadata.team_id}}/config" {
  capabilities = ["read"]
}

path "${kv}/data/{{identity.entity.metadata.team_id}}/blawby_api" {
  capabilities = ["read"]
}

path "${kv}/data/{{identity.entity.metadata.team_id}}/invoices/+" {
  capabilities = ["create", "read", "update"]
}

# For `delete_version_after`: entries expire. `read` tells which version one that has expired was,
# against which the next is written.
path "${kv}/metadata/{{identity.entity.metadata.team_id}}/invoices/+" {
  capabilities = ["create", "read", "update"]
}

path "${kv}/metadata/{{identity.entity.metadata.team_id}}/invoices/" {
  capabilities = ["list"]
}
