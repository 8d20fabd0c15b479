"""Blawby's API, in reading order from the wire upwards.

`wire` (one exchange), `line` (places, in order of arrival), `guards` (breakers, places, pauses),
`account` (one team's calls and the meaning of their errors), `answers` (parsing of answers),
`gateway` (customers, memos, invoices).
"""
