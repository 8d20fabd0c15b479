"""What every request and answer has: an id, headers and one log line."""

import logging
import re
import time
from collections.abc import Mapping
from functools import cache, partial
from random import getrandbits
from typing import Any, cast

import orjson
from flask import Flask, Request, Response, g, request
from flask.json.provider import JSONProvider
from werkzeug.exceptions import HTTPException
from werkzeug.local import LocalProxy
from werkzeug.middleware.proxy_fix import ProxyFix

from app.domain.secret import SecretString
from app.observability import correlation, metrics, tracing
from app.observability.correlation import REQUEST_ID
from app.web.client_address import client_address
from app.web.failures import register_failures
from app.web.headers import fixed_headers

_ID_VARIABLE = "HTTP_X_REQUEST_ID"
# Set by the server (serving/refusals.py): the status for a request that could not be handed to us.
_REFUSED = "serving.refused"
_BEARER = re.compile(r"Bearer +([!-~]{1,2048})", re.IGNORECASE)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_access = logging.getLogger("app.access")


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
        self._traced = tracing.traced(self._answered)

    def ensure_sync(self, func: Any) -> Any:
        """As it is: no function of ours is a coroutine, which Flask would look for at each call."""
        return func

    def wsgi_app(self, environ: Any, start_response: Any) -> Any:
        return self._traced(environ, start_response)

    def _answered(self, environ: Any, start_response: Any) -> Any:
        """Headers that all answers have are added here, where it costs next to nothing."""
        given = environ.get(_ID_VARIABLE, "")
        request_id = given if REQUEST_ID.fullmatch(given) else f"{getrandbits(128):032x}"
        environ[_ID_VARIABLE] = request_id

        def starting(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            fixed = fixed_headers(environ["REQUEST_METHOD"], environ["PATH_INFO"], headers)
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


class _Refused(HTTPException):
    """The server could not hand a request to the app: `status` says why."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.code = status


def install(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_finish)
    register_failures(app)


def _begin() -> None:
    known = g._get_current_object()
    known.began = time.perf_counter()
    known.request_id = request.environ[_ID_VARIABLE]
    if refused := request.environ.get(_REFUSED):
        raise _Refused(refused)


def _finish(response: Response) -> Response:
    """Records the request when its answer is complete: a streamed one when its last piece is."""
    known = g._get_current_object()
    names = {"request_id": known.request_id, "team_id": known.get("team_id")}
    if session := known.get("session"):
        names["session"] = session
    if trace_id := correlation.trace_id():
        names["trace_id"] = trace_id
    record = partial(_record, this_request(), response, known.began, names)
    if response.is_streamed:
        response.call_on_close(record)
    else:
        record()
    return response


def _record(
    asked: Request, response: Response, began: float, names: Mapping[str, str | None]
) -> None:
    route = asked.url_rule.rule if asked.url_rule else None
    seconds = time.perf_counter() - began
    refused = _REFUSED in asked.environ
    method = "other" if refused else asked.method
    _counted(method, route, response.status_code, seconds)
    told = {
        "method": method,
        "route": route,
        "status": response.status_code,
        "milliseconds": round(seconds * 1000, 2),
        **names,
    }
    if refused:
        told["address"] = asked.remote_addr
    _access.info("refused" if refused else "request", extra=told)


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
