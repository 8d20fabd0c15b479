"""The caches: `backends` creates them; each worker's memory has values, the shared one has stamps.

`server` (where Valkey is), `generations` (stamps shared by all workers), `stamp_directory` (stamps
on one machine), `rate_counters` and `shared_memory` (counts and marks shared by the workers of one
machine), `pauses` (that Blawby asked for, beside the counts).
"""
