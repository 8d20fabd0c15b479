"""Matters: stored before the client gets an answer that says so.

In the order of events: `identity` makes the ids under which a client's matters are filed, `drafts`
extracts the matters of a turn, `sameness` decides whether a matter on record is the current one,
`search` walks the client's chain of matters, and follows the conversation's own keys (`own_keys`),
through `turn_reads`, which reads each document once a turn; `filing` decides what happens to each;
`entering` stores a new one, `amending` adds changes to an old one, with a link (`linking`) from the
client's new details, as far as a record has `room`; `words` has the client's texts. `reading`
returns matters to the team's members and operators, and deletes them.
"""
