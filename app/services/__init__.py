"""The rules: what happens, in which order. Plain Python without Flask, hvac or HTTP.

In reading order: `agent` (one turn of the chat) uses `resolution` (configuration and key of the
team), `intake` (what the client said), `matters` (what the firm has on record of it) and `payments`
(one invoice per matter); `agent_answer` puts the answer together. `turn_events` are what happens in
a turn, `streams` are turns that are followed while they go on.
`public_profile` is what strangers see of a team. `team_secrets`, `teams`, `rotation` serve
operators; `readiness`, `rate_limits` serve every request.
Services depend on `app.ports` alone and never on an adapter.
"""
