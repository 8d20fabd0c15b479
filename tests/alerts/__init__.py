"""The alerts, on paper (`promtool`) and fired for real: `make test-alerts`, needs Prometheus."""
