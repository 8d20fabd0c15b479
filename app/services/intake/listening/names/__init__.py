"""A client's name in one message.

Reading order: `shape` and `spelled` (words that may be one), `row` (successive ones), `couples`,
`heard`, `in_two`, `announced` ("my name is"), `of_another` (of whoever the client writes for),
`alone` (without any word about it), `answered` (to our question) and `client`, which asks them all.
"""
