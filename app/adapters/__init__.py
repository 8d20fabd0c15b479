"""What `app.ports` stands for: `vault`, `blawby`, `cache`, `notices`, `llm`; `deadline`, a
request's time limit; `names`, lookups of hosts within it; `causes` and `connection_failures`, why a
connection failed; `breakers`, which are logged and counted; `threads`, a pool for work beside a
request, and `fair_threads`, one that teams share.

Only adapters import hvac, requests, urllib3, redis or openai. They import no service.
"""
