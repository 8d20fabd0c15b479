"""The values in one message of a client.

Reading order: `letters`, `words`, `utterance` and `clauses` (the message), `features`, `shares`,
`areas` and `asked` (what it and its questions are about), `owners` (whose a value is), `emails`,
`phones`, `spoken` (values as written or spelled out), `contact` (all of them), `name_shape`,
`name_spelled`, `name_row`, `couples`, `name_heard`, `name_in_two`, `name_announced`,
`name_of_another`, `name_alone` and `names`.
"""
