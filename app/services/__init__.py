"""The rules: what happens, in which order. Plain Python without Flask, hvac or HTTP.

In reading order: `agent` (one turn of the chat) uses `intake` (what the client said),
`resolution` (configuration and key of the team) and `payments` (one invoice per intake).
`teams`, `team_secrets` (changes), `secret_views` (what may be seen) and `rotation` serve operators
and members; `sessions` logs them in. `admission` decides who may make Vault work, `visits` counts
chat clients by team, `rate_limits` is one rule; `readiness` serves probes.
Services depend on `app.ports` alone and never on an adapter.
"""
