"""What everything talks about: plain values without behaviour towards the outside.

In reading order: `ids`, `secret` and `api_key`, `team` and `team_secret`, `login`, `contact` and
`intake` (what a client said), `payment` (how it is paid), `ledger` (the stored record of it),
`stamps` (cache generations).
Imports nothing of ours but `app.errors`.
"""
