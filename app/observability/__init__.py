"""What the app reports about itself: `logs` (one JSON object a line), `metrics` (Prometheus),
`upstreams` (metrics of Vault, Blawby and the shared cache), `outcomes` (logs and metrics of
payments), and `correlation` (the ids of a request that go on to Vault and Blawby).

Neither contains a secret or a client's data; no metric has a team as a label.
"""
