# OpenBao alone.

# A standby's answer may lag behind a write that was acknowledged already. HashiCorp's standbys pass
# requests on to the active node.
disable_standby_reads = true

# OpenBao takes audit devices from here alone, not over the API. The path must be the same on every
# node: a standby with another path cannot become active.
audit "file" "file" {
  options {
    file_path = "/vault/logs/audit.log"
  }
}
