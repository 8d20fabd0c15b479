"""What the app says about itself: `logs` (one JSON object a line), `metrics` (Prometheus), and
`outcomes` (both, for payments).

Neither contains a secret or a client's data; no metric has a team as a label.
"""
