# Maintenance by a machine: another secret id for the service, snapshots, and, together with the
# unseal keys, a new root token. Whoever may make the service's secret ids can act as the service.

path "auth/approle/role/team-secrets-service/secret-id" {
  capabilities = ["create", "update"]
}

path "auth/approle/role/team-secrets-service/secret-id/" {
  capabilities = ["list"]
}

path "auth/approle/role/team-secrets-service/secret-id/lookup" {
  capabilities = ["create", "update"]
}

path "auth/approle/role/team-secrets-service/secret-id-accessor/destroy" {
  capabilities = ["create", "update"]
}

# The snapshot is encrypted under the unseal keys.
path "sys/storage/raft/snapshot" {
  capabilities = ["read"]
}

# Which nodes of the cluster have a vote.
path "sys/storage/raft/configuration" {
  capabilities = ["read"]
}

# OpenBao asks for a token here besides the unseal keys; HashiCorp Vault has its own path for that,
# which asks for none.
path "sys/generate-root-token/*" {
  capabilities = ["create", "read", "update", "delete", "sudo"]
}
