"""What the app says about itself: `logs` (one JSON object a line) and `metrics` (Prometheus).

Neither contains a secret or a client's data; no metric has a team as a label.
"""
