"""gunicorn's settings; what differs between machines comes from the environment."""

import os

worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 8
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
keepalive = 5
timeout = 60
graceful_timeout = 30
max_requests = 0
# Clients are made after the fork, in each worker; a preloaded app would share connections.
preload_app = False
# The app logs each request itself: gunicorn's line would hold the query string.
accesslog = None
errorlog = "-"
proc_name = "team-secrets"
# The address of who asks is counted from TRUSTED_PROXIES, not believed from a header here.
forwarded_allow_ips = ""
