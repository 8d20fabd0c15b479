"""Vault, in reading order from the wire upwards.

`addresses` (servers, failover), `breaker` (a silent Vault), `places` (a slow one), `transport` (one
identity; errors), `repeating` (lost answers), `kv` and `kv_answers` (one mount), `documents` (paths
and fields). On these: `unwrap`, `login_methods` and `session` (the service's own login), `agents`
(one token for each team), `secrets`, `teams` (with `identities` and `slugs`), `logins`;
`webhook_secrets`; `matter_parts`, `matter_labels` and `matter_documents` (fields), then `matters`;
`worklist`.
"""
