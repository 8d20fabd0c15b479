"""A team's configuration and key at run time: fast, and never older than an answered write.

In reading order: `resolver` (the rule), `memory` (what a worker keeps), `loading` (reads Vault),
`single_flight` (one load at a time), `slugs` (which team a slug means), `rejections` (keys that
Blawby refused).
"""
