# An auditor: sees what exists, who may do what and when it changed, and no data. The policy
# `default` comes on top, for the Vault UI.

path "${kv}/metadata/*" {
  capabilities = ["read", "list"]
}

# The names of the fields, never their values: when a key expires is kept in names.
path "${kv}/subkeys/+/blawby_api" {
  capabilities = ["read"]
}

path "platform/metadata/*" {
  capabilities = ["read", "list"]
}

# Vault asks for `sudo` even to show this list.
path "sys/audit" {
  capabilities = ["read", "sudo"]
}

path "sys/auth" {
  capabilities = ["read"]
}

path "sys/mounts" {
  capabilities = ["read"]
}

path "sys/internal/ui/mounts" {
  capabilities = ["read"]
}

path "sys/internal/ui/mounts/*" {
  capabilities = ["read"]
}

path "sys/policies/acl/" {
  capabilities = ["list"]
}

path "sys/policies/acl/+" {
  capabilities = ["read"]
}

# Who a line of the audit log is about.
path "identity/entity/id/" {
  capabilities = ["list"]
}

path "identity/entity/id/+" {
  capabilities = ["read"]
}

path "identity/entity/name/" {
  capabilities = ["list"]
}

path "identity/entity/name/+" {
  capabilities = ["read"]
}

path "identity/entity-alias/id/" {
  capabilities = ["list"]
}

path "identity/entity-alias/id/+" {
  capabilities = ["read"]
}

# The settings of the roles; neither role ids nor secret ids.
path "auth/approle/role/" {
  capabilities = ["list"]
}

path "auth/approle/role/+" {
  capabilities = ["read"]
}

path "auth/teams/role/" {
  capabilities = ["list"]
}

path "auth/teams/role/+" {
  capabilities = ["read"]
}

path "auth/token/roles/" {
  capabilities = ["list"]
}

path "auth/token/roles/+" {
  capabilities = ["read"]
}
