# HashiCorp Vault alone.

# Raft maps its files into memory, so that Vault asks to have this said.
disable_mlock = true

# Its audit device comes over the API: the bootstrap's first act.
