"""Operation of the containers around the app: first start, unsealing, rotation, backup.

In reading order: `places` (the directories that the containers share), `pair` and `authority`
(certificates), `setup` (the first step of every start), `unseal_keys` (the file that the operator
moves away), `nodes` (Vault's servers one by one), `access` (tokens by purpose), `preparing`
(policies and logins), `keeper` (the lasting process that initialises, bootstraps and unseals),
`upkeep` (rotation, snapshot, restore), `invitation` (for a second machine), `__main__` (the
commands), `probe` (the app container's health).

`nginx/`, `vault/` and `valkey/` contain the configuration of the servers.
"""
