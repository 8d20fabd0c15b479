"""The composition on a real engine, driven from outside: `make test-containers`.

In reading order: `run.sh` (finds or starts an engine and the base images), `guide` (the commands of
docs/deployment.md), `shell` (runs them), `installation` (one composition), `load` (clients that
must not notice), and the tests.
"""
