"""Every error as an answer: one format, with our own sentences."""

import logging
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, g, jsonify
from werkzeug.exceptions import HTTPException

from app.errors import AppError, RateLimited, UpstreamFailure

_HTTP_CODES = {
    400: ("malformed_request", "The request could not be read."),
    404: ("not_found", "There is nothing here."),
    405: ("method_not_allowed", "This method is not allowed here."),
    408: ("request_timeout", "The request took too long to arrive."),
    413: ("payload_too_large", "The body is too large."),
    414: ("uri_too_long", "The address is too long."),
    415: (
        "unsupported_media_type",
        "The body has to be application/json, and not encoded.",
    ),
    417: ("expectation_failed", "The expectation cannot be met."),
    429: (RateLimited.code, "Too many large requests wait at the moment. Try again."),
    431: ("headers_too_large", "The headers are too many or too large."),
    500: (AppError.code, AppError.sentence),
    501: ("not_implemented", "This transfer coding is not supported."),
}
_RETRY_SECONDS = 2
_CLOSING = frozenset({"malformed_request", "payload_too_large"})
_log = logging.getLogger(__name__)


def register_failures(app: Flask) -> None:
    app.register_error_handler(AppError, app_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unforeseen)


def _answer(
    status: int, code: str, message: str, details: Any = None, retry_after: int | None = None
) -> Response:
    response = jsonify(_failure(code, message, g.request_id, details))
    response.status_code = status
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    # A client that counts its body wrongly sends the rest of it as the next request.
    if code in _CLOSING:
        response.headers["Connection"] = "close"
    return response


def _failure(code: str, message: str, request_id: str, details: Any = None) -> dict[str, Any]:
    body = {"success": False, "error": message, "errorCode": code, "requestId": request_id}
    return body | {"details": details} if details else body


def late_failure(error: Exception, request_id: str) -> dict[str, Any]:
    """The body for an error after the answer has begun. It is logged like all errors."""
    log_failure(error, request_id)
    known = error if isinstance(error, AppError) else AppError()
    return _failure(known.code, known.message, request_id, known.details)


def log_failure(error: Exception, request_id: str) -> None:
    """Log what an operator must know: defects, and failures behind this service."""
    extra = {"request_id": request_id}
    if not isinstance(error, AppError):
        _log.error("unforeseen", exc_info=error, extra=extra)
    elif isinstance(error, UpstreamFailure) or error.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.warning("failed", exc_info=error, extra=extra)


def app_error(error: AppError) -> Response:
    g.refusal = type(error)
    log_failure(error, g.request_id)
    return _answer(error.status, error.code, error.message, error.details, error.retry_after)


def _http_error(error: HTTPException) -> Response:
    """The router's and werkzeug's own errors; their descriptions are not repeated."""
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    fallback = HTTPStatus.BAD_REQUEST if status < 500 else HTTPStatus.INTERNAL_SERVER_ERROR
    code, message = _HTTP_CODES.get(status, _HTTP_CODES[fallback])
    retry_after = _RETRY_SECONDS if status == HTTPStatus.TOO_MANY_REQUESTS else None
    response = _answer(status, code, message, retry_after=retry_after)
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _unforeseen(error: Exception) -> Response:
    """A defect: answered without its message."""
    log_failure(error, g.request_id)
    return _answer(AppError.status, AppError.code, AppError.sentence)
