"""The parts common to all HTTP requests and answers.

In reading order: `requests` (id, log line), `failures` (errors as answers), `headers` (headers by
path), `guards` (who may call), `client_address` (the client for rate limits), `cross_origin` (the
calling web page), `strict_json` and `envelope` (request and answer bodies), `event_stream` (answers
in pieces), `assets` (files of pages), `description` (OpenAPI and its page), `described_failures`
(the failures of each route). Imports no service and no adapter.
"""
