# An operator: registers and removes teams, issues their credentials, writes and deletes their keys.
# May read no key, and may not make itself or anybody else more than a team's member.
# The policy `default` comes on top, for the Vault UI and for unwrapping.

# --- Teams' documents

path "${kv}/metadata/" {
  capabilities = ["list"]
}

path "${kv}/metadata/+/" {
  capabilities = ["list"]
}

path "${kv}/data/+/config" {
  capabilities = ["create", "read", "update", "delete"]
}

path "${kv}/metadata/+/config" {
  capabilities = ["read", "delete"]
}

path "${kv}/data/+/blawby_api" {
  capabilities = ["create", "update", "delete"]
}

path "${kv}/delete/+/blawby_api" {
  capabilities = ["update"]
}

path "${kv}/undelete/+/blawby_api" {
  capabilities = ["update"]
}

path "${kv}/destroy/+/blawby_api" {
  capabilities = ["update"]
}

path "${kv}/metadata/+/blawby_api" {
  capabilities = ["read", "delete"]
}

# The names of the fields, never their values: the key's label is kept in names.
path "${kv}/subkeys/+/blawby_api" {
  capabilities = ["read"]
}

# The secret that signs the team's webhooks: written and deleted, never read.
path "${kv}/data/+/webhook" {
  capabilities = ["create", "update"]
}

path "${kv}/metadata/+/webhook" {
  capabilities = ["delete"]
}

# Matters without their content: the label alone, which is kept in names. `patch` settles an invoice
# whose outcome nobody knew, and needs no right to read.
path "${kv}/metadata/+/matters/" {
  capabilities = ["list"]
}

path "${kv}/metadata/+/matters/+/" {
  capabilities = ["list"]
}

path "${kv}/subkeys/+/matters/+/+" {
  capabilities = ["read"]
}

path "${kv}/data/+/matters/+/+" {
  capabilities = ["patch"]
}

path "${kv}/destroy/+/matters/+/+" {
  capabilities = ["update"]
}

path "${kv}/metadata/+/matters/+/+" {
  capabilities = ["read", "delete"]
}

# What is still to be done about matters, over all teams: names alone.
path "platform/metadata/worklist/+/" {
  capabilities = ["list"]
}

path "platform/metadata/worklist/+/+/" {
  capabilities = ["list"]
}

path "platform/metadata/worklist/+/+/+/" {
  capabilities = ["list"]
}

path "platform/data/slugs/+" {
  capabilities = ["create", "read", "update", "delete"]
}

path "platform/metadata/slugs/" {
  capabilities = ["list"]
}

path "platform/metadata/slugs/+" {
  capabilities = ["read", "delete"]
}

path "transit/hmac/team-secret-fingerprint" {
  capabilities = ["update"]
}

# --- Teams' logins

# Teams have an auth mount of their own. Role names ignore case and policies do not, so that on a
# shared mount no `deny` would keep `role/OPERATOR/secret-id` from an operator.

# Required parameters make `read` useless here (it carries none), so it is not given.
path "auth/teams/role/+" {
  capabilities        = ["create", "update", "delete"]
  required_parameters = ["token_policies", "token_no_default_policy"]
  allowed_parameters = {
    "token_policies"          = ["team-member", ["team-member"]]
    "token_no_default_policy" = [true]
    "token_ttl"               = []
    "token_max_ttl"           = []
    "secret_id_ttl"           = []
    "secret_id_num_uses"      = []
  }
}

path "auth/teams/role/+/role-id" {
  capabilities = ["read"]
}

# A secret id leaves Vault wrapped, or not at all.
path "auth/teams/role/+/secret-id" {
  capabilities     = ["create", "update"]
  min_wrapping_ttl = "1s"
  max_wrapping_ttl = "24h"
  allowed_parameters = {
    "ttl"      = []
    "num_uses" = []
    "metadata" = []
  }
}

path "auth/teams/role/+/secret-id/" {
  capabilities = ["list"]
}

path "auth/teams/role/+/secret-id-accessor/destroy" {
  capabilities = ["create", "update"]
}

# --- Teams' identities. Neither `policies` nor `id`: an entity's policies would be all its tokens'.

path "identity/entity/name/team-*" {
  capabilities = ["create", "read", "update", "delete"]
  allowed_parameters = {
    "metadata" = []
  }
}

# Aliases on the teams' mounts alone: none makes another mount's login somebody else.
path "identity/entity-alias" {
  capabilities        = ["create", "update"]
  required_parameters = ["name", "canonical_id", "mount_accessor"]
  allowed_parameters = {
    "name"           = []
    "canonical_id"   = []
    "mount_accessor" = ["${teams_accessor}", "${token_accessor}"]
  }
}

path "sys/auth" {
  capabilities = ["read"]
}
