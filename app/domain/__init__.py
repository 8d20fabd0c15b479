"""What everything talks about: plain values without behaviour towards the outside.

In reading order: `ids`, `secret` and `api_key`, `team` and `team_secret`, `origins` (of web pages),
`login`, `contact` and `intake` (what a client said), `payment` (how it is paid), `matter` (the
record of both), `worklist` (what is still to be done about matters), `stamps` (cache generations).
Imports nothing of ours but `app.errors`.
"""
