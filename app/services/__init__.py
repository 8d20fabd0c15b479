"""The rules: what happens, in which order. Plain Python without Flask, hvac or HTTP.

In reading order: `agent` (one turn of the chat; `turn_events` are what happens in it, `streams`
are turns that are followed while they go on) uses `intake` (what the client said),
`resolution` (configuration and key of the team) and `payments` (one invoice per intake).
`public_profile` is what strangers see of a team. `team_secrets`, `teams`, `rotation` serve
operators; `readiness`, `rate_limits` serve every request.
Services depend on `app.ports` alone and never on an adapter.
"""
