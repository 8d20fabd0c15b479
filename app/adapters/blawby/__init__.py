"""Blawby's API, in reading order from the wire upwards.

`wire` (one exchange), `line` (places, first come first served), `guards` (breakers, places,
pauses), `account` (one team's calls and what their errors mean), `answers` (reading what comes
back), `counting` (metrics of calls), `gateway` (customers, memos, invoices).
"""
