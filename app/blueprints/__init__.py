"""The API, one module for each part: load with a schema, call one service method, dump with a
schema.

`auth`, `teams`, `team_secrets`, `invoices`, `agent`, `operations`; and `pages`, for people. A
blueprint contains no rule and imports no adapter.
"""
