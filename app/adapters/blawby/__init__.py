"""Blawby's API, in reading order from the wire upwards.

`wire` (one exchange), `guards` (breakers, slots, pauses), `account` (one team's calls and what
their errors mean), `answers` (reading what comes back), `gateway` (customers, memos, invoices).
"""
