"""Ways out to a team: `hosts` (which addresses may be called), `webhook`, `smtp`."""
