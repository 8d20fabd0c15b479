# Three nodes (docker-compose.ha.yml). Each tries to join the others; a node does not join itself.

storage "raft" {
  path = "/vault/file"
  # A new leader within seconds of a crash instead of 11 to 22.
  performance_multiplier = 1

  retry_join {
    leader_api_addr     = "https://vault:8200"
    leader_ca_cert_file = "/installation/trust/ca.crt"
  }

  retry_join {
    leader_api_addr     = "https://vault-2:8200"
    leader_ca_cert_file = "/installation/trust/ca.crt"
  }

  retry_join {
    leader_api_addr     = "https://vault-3:8200"
    leader_ca_cert_file = "/installation/trust/ca.crt"
  }
}
