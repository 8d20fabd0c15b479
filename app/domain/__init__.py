"""The domain's plain values, without behaviour towards external systems.

In reading order: `ids`, `secret` and `api_key`, `team` and `team_secret`, `origins` (of web pages),
`login`, `contact` and `intake` (what a client said), `payment` (how it is paid), `matter` (the
record of both), `worklist` (open tasks about matters), `moments` (times as text), `stamps` (cache
generations). Imports only `app.errors` of our modules.
"""
