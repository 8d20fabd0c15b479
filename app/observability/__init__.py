"""What the app reports about itself: `logs` (one JSON object a line), `metrics` (Prometheus),
`upstreams` (metrics of Vault, Blawby and the shared cache), `outcomes` (logs and metrics of
payments), `correlation` (the ids of a request that go on to Vault and Blawby), and `tracing`
with `spans` (for an OpenTelemetry collector, if there is one).

None contains a secret or a client's data; no metric and no span has a team as a label.
"""
