"""Channels to a team: `hosts` (allowed addresses), `webhook`, `smtp`."""
