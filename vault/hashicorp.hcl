# HashiCorp Vault in docker-compose.yml: one node, inside Compose's own network.
# Its audit device comes over the API, from the bootstrap.

storage "raft" {
  path                   = "/vault/file"
  node_id                = "1"
  performance_multiplier = 1
}

listener "tcp" {
  address     = "0.0.0.0:8200"
  tls_disable = true

  telemetry {
    unauthenticated_metrics_access = false
  }
}

# Vault's own metrics at /v1/sys/metrics, for a token with the policy `metrics`.
telemetry {
  prometheus_retention_time = "24h"
  disable_hostname          = true
}

api_addr      = "http://vault:8200"
cluster_addr  = "https://vault:8201"
ui            = true
# Raft maps its files into memory; Vault asks to have this said.
disable_mlock = true
