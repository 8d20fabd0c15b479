"""The caches: `backends` makes them; each worker's memory has values, the shared one has stamps.

`server` (where Valkey is), `generations` (stamps that all workers see), `stamp_directory` (on one
machine), `rate_counters` and `shared_memory` (counts and marks that the workers of one machine
share).
"""
