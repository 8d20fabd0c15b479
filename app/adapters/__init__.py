"""What `app.ports` stands for: `vault`, `blawby`, `cache`; and `deadline`, a request's time limit.

Only adapters import hvac, requests, urllib3 or redis. They import no service.
"""
