"""What `app.ports` stands for: `vault`, `blawby`, `cache`; `deadline`, a request's time limit;
`causes` and `connection_failures`, why a connection failed; `breakers`, which are logged and
counted; and `threads`, a pool for work beside a request.

Only adapters import hvac, requests, urllib3 or redis. They import no service.
"""
