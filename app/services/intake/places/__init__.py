"""Where clients are, and where a team takes them.

Reading order: `regions` and `zips` (states and countries), `place`, `cities` and `mentions` (places
in running text), `reading` (whose they are), `jurisdiction` (a team's scope).
"""
