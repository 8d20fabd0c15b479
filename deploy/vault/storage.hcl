# One node.

storage "raft" {
  path = "/vault/file"
  # A new leader within seconds of a crash instead of 11 to 22.
  performance_multiplier = 1
}
