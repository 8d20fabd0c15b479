"""What every request and answer has: an id, headers, one log line, and errors in one shape."""

import logging
import re
import time
from functools import cache
from http import HTTPStatus
from random import getrandbits
from typing import Any, cast

import orjson
from flask import Flask, Request, Response, g, jsonify, request
from flask.json.provider import JSONProvider
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.local import LocalProxy
from werkzeug.middleware.proxy_fix import ProxyFix

from app.domain.secret import SecretString
from app.errors import AppError, UpstreamFailure
from app.observability import correlation, metrics
from app.observability.correlation import REQUEST_ID
from app.web.client_address import client_address

_ID_VARIABLE = "HTTP_X_REQUEST_ID"
_BEARER = re.compile(r"Bearer +([!-~]{1,2048})", re.IGNORECASE)
_SECURITY = [
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("Strict-Transport-Security", "max-age=31536000"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
]
_CSP = "Content-Security-Policy"
_HEADERS = [*_SECURITY, (_CSP, "default-src 'none'; frame-ancestors 'none'")]
# The page of the API's description has its scripts in itself.
_DOCS = "/docs"
_DOCS_HEADERS = [
    *_SECURITY,
    (_CSP, "default-src 'self' 'unsafe-inline' data:; frame-ancestors 'none'"),
]
_HTTP_CODES = {
    400: ("malformed_request", "The request could not be read."),
    404: ("not_found", "There is nothing here."),
    405: ("method_not_allowed", "This method is not allowed here."),
    413: ("payload_too_large", "The body is too large."),
    415: ("unsupported_media_type", "The body has to be application/json."),
}
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_access = logging.getLogger("app.access")
_log = logging.getLogger(__name__)


class FastJson(JSONProvider):
    """orjson: answers keep the order in which they are written."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """As `flask.jsonify` calls it: with one value, or with the names of an object."""
        value = args[0] if args else kwargs
        return Response(orjson.dumps(value), content_type="application/json")


class ProxiedFlask(Flask):
    """Believes the `X-Forwarded-*` of as many proxies as there are, and of no more."""

    json_provider_class = FastJson

    def __init__(self, name: str, proxies: int) -> None:
        super().__init__(name, static_folder=None)
        # No redirect from `a//b` to `a/b`: it would repeat what the caller sent.
        self.url_map.merge_slashes = False
        inner = super().wsgi_app
        self._serve = ProxyFix(inner, x_for=proxies, x_proto=proxies) if proxies else inner

    def ensure_sync(self, func: Any) -> Any:
        """As it is: no function of ours is a coroutine, which Flask would look for at each call."""
        return func

    def wsgi_app(self, environ: Any, start_response: Any) -> Any:
        """Headers that all answers have are added here, where it costs next to nothing."""
        given = environ.get(_ID_VARIABLE, "")
        request_id = given if REQUEST_ID.fullmatch(given) else f"{getrandbits(128):032x}"
        environ[_ID_VARIABLE] = request_id

        def starting(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            fixed = _DOCS_HEADERS if environ.get("PATH_INFO") == _DOCS else _HEADERS
            return start_response(status, [*headers, ("X-Request-ID", request_id), *fixed], *rest)

        with correlation.of(request_id, environ.get("HTTP_TRACEPARENT")):
            return self._serve(environ, starting)


def caller() -> SecretString:
    """The token of who is asking, which the `bearer` guard found. It is admitted here, once."""
    token: SecretString = g.token
    if "caller" not in g:
        g.admit_token(client_address(this_request()), token)
        g.caller = token
    return token


def bearer_token() -> SecretString | None:
    """The request's bearer token, if it has a well-formed one."""
    found = _BEARER.fullmatch(request.headers.get("Authorization", ""))
    return SecretString(found[1]) if found else None


def this_request() -> Request:
    """The request at hand itself, for who looks at it more than once: each look through Flask's
    proxy costs a microsecond."""
    return cast("LocalProxy[Request]", request)._get_current_object()


def install(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_finish)
    app.register_error_handler(AppError, _app_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unforeseen)


def _begin() -> None:
    known = g._get_current_object()
    known.began = time.perf_counter()
    known.request_id = request.environ[_ID_VARIABLE]


def _finish(response: Response) -> Response:
    asked, known = this_request(), g._get_current_object()
    route = asked.url_rule.rule if asked.url_rule else None
    seconds = time.perf_counter() - known.began
    _counted(asked.method, route, response.status_code, seconds)
    told = {
        "method": asked.method,
        "route": route,
        "status": response.status_code,
        "milliseconds": round(seconds * 1000, 2),
        "request_id": known.request_id,
        "team_id": known.get("team_id"),
    }
    if trace_id := correlation.trace_id():
        told["trace_id"] = trace_id
    _access.info("request", extra=told)
    return response


def _counted(method: str, route: str | None, status: int, seconds: float) -> None:
    """Only known methods and routes are labels, or strangers could make as many as they like."""
    known = method if method in _METHODS else "other"
    count, duration = _series(known, route or "none", status)
    count.inc()
    duration.observe(seconds)


@cache
def _series(method: str, route: str, status: int) -> tuple[Any, Any]:
    count = metrics.requests.labels(method, route, str(status))
    return count, metrics.request_seconds.labels(route)


def _answer(
    status: int, code: str, message: str, details: Any = None, retry_after: int | None = None
) -> Response:
    body = {
        "success": False,
        "error": message,
        "errorCode": code,
        "requestId": g.request_id,
    }
    if details:
        body["details"] = details
    response = jsonify(body)
    response.status_code = status
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _app_error(error: AppError) -> Response:
    g.refusal = type(error)
    if isinstance(error, UpstreamFailure) or error.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.warning("failed", exc_info=error)
    return _answer(error.status, error.code, error.message, error.details, error.retry_after)


def _http_error(error: HTTPException) -> Response:
    """The router's and werkzeug's own errors; their descriptions are not repeated."""
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    code, message = _HTTP_CODES.get(status, _HTTP_CODES[400])
    response = _answer(status, code, message)
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    # A body that was not read would be taken for the next request on this connection.
    if isinstance(error, RequestEntityTooLarge):
        response.headers["Connection"] = "close"
    return response


def _unforeseen(error: Exception) -> Response:
    """A defect: told without its words."""
    _log.error("unforeseen", exc_info=error)
    return _answer(AppError.status, AppError.code, AppError.sentence)
