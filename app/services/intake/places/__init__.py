"""Places of clients, and where a team takes clients.

Reading order: `regions`, `zips` and `towns` (states and countries), `place`, `cities` and
`mentions` and `codes` (places in running text), `leads`, `cities_alone` and
`reading` (whose they are), `jurisdiction` (a
team's scope).
"""
