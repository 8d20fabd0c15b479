"""What a composition of containers needs around the app: first start, unsealing, the day after.

In reading order: `places` (the directories that the containers share), `pair` and `authority`
(certificates), `setup` (the first step of every start), `unseal_keys` (the file that the operator
moves away), `nodes` (Vault's servers one by one), `access` (tokens for what needs one), `preparing`
(policies and logins), `keeper` (the lasting process that initialises, prepares and unseals),
`upkeep` (rotation, snapshot, restore), `invitation` (for a second machine), `__main__` (the
commands), `probe` (the app container's health).

`nginx/`, `vault/` and `valkey/` hold the configuration of the servers.
"""
