"""Notify a team of its matters, at least once.

`channels` (a team's channels), `document` (the content), `signing` (by the Standard Webhooks
specification), `sending` (a webhook, an e-mail), `delivery` (one notice, recorded), `schedule`
(time of the next try), `dispatch` (a new or changed matter), `secrets` (the secret that signs a
team's webhooks).
"""
