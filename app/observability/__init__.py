"""The app's reports about itself: `logs` (one JSON object a line), `metrics` (Prometheus),
`outcomes` (both, for payments), and `correlation` (ids of a request that are sent to Vault and
Blawby).

Neither contains a secret or a client's data; no metric has a team as a label.
"""
