# Vault unseals itself with a key that another Vault holds in its transit engine. An override of yours
# mounts this file as a further config of `vault` and sets VAULT_TOKEN there, the other Vault's token
# for `transit/encrypt/unseal` and `transit/decrypt/unseal`.
# Cloud keys take the same place: seal "awskms", "gcpckms", "azurekeyvault".

seal "transit" {
  address    = "https://other-vault.example.com:8200"
  key_name   = "unseal"
  mount_path = "transit/"
}
