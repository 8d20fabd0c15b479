"""What one message of a client holds.

Reading order: `utterance` (the message), `owners` (whose a value is), `emails`, `phones`, `spoken`
(values as they are written or spelled out), `contact` (all of them), `name_shape`, `name_row` and
`names`.
"""
