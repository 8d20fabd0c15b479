"""The rules: what happens, in which order. Plain Python without Flask, hvac or HTTP.

In reading order: `agent` (one turn of the chat) uses `visits` (the team that a client asks for) and
`resolution` (configuration and key of the team), `intake` (what the client said; `model`: with a
language model beside the rules), `matters` (what the firm has on record of it) and `payments` (one
invoice per matter); `agent_answer` puts the answer together. `turn_events` are what happens in a
turn, `streams` are turns that are followed while they go on. `public_profile` is what strangers see
of a team. `teams`, `team_secrets` (changes; `secret_writes`: among other writers), `secret_views`
(what may be seen) and `rotation` serve operators and members; `registered` is a team as they may
read it, `sessions` logs them in. `admission` decides who may make Vault work; `rate_limits` is one
rule; `readiness` serves probes; `upkeep` makes rounds over what is still to be done
(`worklist_walk`: in which order); `support` puts the story of one intake together; `attention`
lists what needs a person, over all teams. Services depend on `app.ports` alone and never on an
adapter.
"""
