"""What every HTTP request and answer has, whatever it is about.

In reading order: `requests` (id, log line), `failures` (errors as answers), `headers` (which
headers on which path), `guards` (who may enter), `client_address` (the client that rate limits
count), `cross_origin` (the web page that asks), `strict_json` and `envelope` (bodies in, answers
out), `event_stream` (answers in pieces), `assets` (files of pages), `description` (OpenAPI and its
page), `described_failures` (which failures each route has). Imports no service and no adapter.
"""
