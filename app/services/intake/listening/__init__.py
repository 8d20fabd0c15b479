"""The values in one message of a client.

Reading order: `utterance` (the message), `features` and `asked` (what its questions are about),
`owners` (whose a value is), `emails`, `phones`, `spoken` (values as written or spelled out),
`contact` (all of them), `name_shape`, `name_row`, `couples`, `name_alone` and `names`.
"""
