"""Telling a team of its matters, at least once.

`channels` (which ways a team has), `document` (what is told), `signing` (by the Standard Webhooks
specification), `sending` (a webhook, an e-mail), `delivery` (one notice, recorded), `schedule`
(when to try again), `dispatch` (a new or changed matter), `secrets` (the secret that signs a
team's webhooks).
"""
