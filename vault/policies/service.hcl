# The service itself: finds a team, becomes its agent, and keeps the worklist. Its own token reads
# no key and no matter, and writes no secret.

# A token of this role has the policy `team-agent`, whatever is asked; the role cannot limit the
# lifetime of a batch token, so it is limited here.
path "auth/token/create/team-agent" {
  capabilities        = ["create", "update"]
  required_parameters = ["entity_alias", "ttl"]
  allowed_parameters = {
    "entity_alias" = []
    "ttl"          = ["600s", "300s", "60s", "30s", "10s", "5s"]
  }
}

path "${kv}/data/+/config" {
  capabilities = ["read"]
}

path "platform/data/slugs/+" {
  capabilities = ["read"]
}

path "platform/data/service/*" {
  capabilities = ["read"]
}

# The worklist: which matters something is still to be done about. No client's data is in it.
path "platform/metadata/worklist/" {
  capabilities = ["list"]
}

path "platform/metadata/worklist/+/" {
  capabilities = ["list"]
}

path "platform/metadata/worklist/+/+/" {
  capabilities = ["list"]
}

path "platform/metadata/worklist/+/+/+/" {
  capabilities = ["list"]
}

path "platform/data/worklist/+/+/+/+" {
  capabilities = ["create", "read", "update"]
}

path "platform/metadata/worklist/+/+/+/+" {
  capabilities = ["delete"]
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
