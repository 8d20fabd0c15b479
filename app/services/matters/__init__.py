"""Matters: on record before the client hears that they are.

In the order in which it happens: `identity` makes the keys under which a client's matters are
filed, `drafts` reads the matters out of a turn, `sameness` tells whether one on record is the one
at hand, `search` walks the client's chain of matters, `filing` decides what becomes of each;
`entering` puts a new one on record, `amending` carries what is new into an old one, with a link
(`linking`) from the client's new details, `words` tells the client. `reading` shows matters to the
team's members and operators.
"""
