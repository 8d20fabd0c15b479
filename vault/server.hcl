# One node of the embedded server. `vault/node.py` fills in the dollar names; strings come quoted.

storage "raft" {
  path                   = $raft_dir
  node_id                = $node_id
  # A new leader within seconds of a crash instead of 11 to 22.
  performance_multiplier = 1
$retry_join
}

listener "tcp" {
  address         = $listen
  cluster_address = $cluster_listen
  tls_disable     = true

  telemetry {
    unauthenticated_metrics_access = false
  }
}

# Vault's own metrics at /v1/sys/metrics, for a token with the policy `metrics`.
telemetry {
  prometheus_retention_time = "24h"
  disable_hostname          = true
}

api_addr     = $api_addr
cluster_addr = $cluster_addr
ui           = true

# A standby's answer may lag behind a write that was acknowledged already.
disable_standby_reads = true

# The key lies beside the data: it only saves typing on one's own machine, it protects nothing.
seal "static" {
  current_key_id = "local"
  current_key    = $seal_key
}

# OpenBao takes audit devices from here alone, not over the API.
audit "file" "file" {
  options {
    file_path = $audit_log
  }
}
