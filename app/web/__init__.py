"""What every HTTP request and answer has, whatever it is about.

In reading order: `requests` (id, headers, log line, errors), `guards` (who may enter),
`client_address` (the client that rate limits count), `strict_json` and `envelope` (bodies in,
answers out), `description` (OpenAPI and its page), `failures` (which failures each route has).
Imports no service and no adapter.
"""
