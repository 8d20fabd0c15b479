"""The values in one message of a client.

Reading order: `letters`, `words`, `utterance` and `clauses` (the message), `features`, `shares`,
`areas` and `asked` (what it and its questions are about), `owners` (whose a value is), `emails`,
`phones`, `spoken` and `spoken_numbers` (values as written or spelled out), `contact` (all of them),
and the folder `names`.
"""
