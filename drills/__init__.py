"""Drills: a fault is injected into a run of its own, and what the service did is measured.

In reading order: `verdict` (what a drill prints), `run` (Vault, the Blawby sandbox and the app on
free ports), `teams` (a team and its clients), `load` (many clients at once), then a module for each
drill: `failover`, `rotation`, `restoration`, `blawby`, `flood` (with `attacker`). `python -m drills
NAME` runs one.
"""
