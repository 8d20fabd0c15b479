# Vault in the composition: what OpenBao and HashiCorp Vault share. Beside this file, the container
# gets one `storage*.hcl` and one of `hashicorp.hcl` and `openbao.hcl`, and merges them.
# Its name, addresses and node id come from the environment (VAULT_API_ADDR, VAULT_CLUSTER_ADDR,
# VAULT_RAFT_NODE_ID).

listener "tcp" {
  address         = "0.0.0.0:8200"
  cluster_address = "0.0.0.0:8201"
  tls_cert_file   = "/installation/vault-tls/tls.crt"
  tls_key_file    = "/installation/vault-tls/tls.key"
  tls_min_version = "tls12"
}

ui        = true
log_level = "warn"

# For a token with the policy to read sys/metrics; see docs/deployment.md.
telemetry {
  prometheus_retention_time = "24h"
  disable_hostname          = true
}
