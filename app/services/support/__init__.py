"""The story of one intake, for whoever helps a firm or a client.

In reading order: `trail` (which lines of the app's log belong to it), `audit` (which entries of
Vault's audit log), `record` (the matter's record in Vault), `story` (all of it, in order of time).
"""
