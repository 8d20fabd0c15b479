"""Implementations of `app.ports`: `vault`, `blawby`, `cache`; `deadline`, a request's time limit;
and `threads`, a pool for work beside a request.

Only adapters import hvac, requests, urllib3 or redis. They import no service.
"""
