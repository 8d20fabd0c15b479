# OpenBao unseals itself with a key file that `setup` makes: docker-compose.static-seal.yml.
# Whoever reads this file and the data can open Vault, so keep backups of the two apart.

seal "static" {
  current_key_id = "1"
  current_key    = "file:///installation/seal/key"
}
