"""What everything talks about: plain values without behaviour towards the outside.

In reading order: `ids` and `secret`, `team` and `team_secret`, `origins` (of web pages), `login`,
`intake` (what a client said), `payment` (how it is paid), `ledger` (the stored record of it),
`stamps` (cache generations).
Imports nothing of ours but `app.errors`.
"""
