"""The failures of a route in its description: each status with its codes and headers.

A view names specific ones with `fails`. Those that follow from its guard and its arguments are
added here, so that no route lacks them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from apispec import APISpec, BasePlugin
from flask import Flask

from app.errors import (
    AppError,
    Forbidden,
    MalformedRequest,
    NotFound,
    RateLimited,
    Unauthenticated,
    UpstreamFailure,
    ValidationFailed,
    VaultUnavailable,
)

View = Callable[..., Any]
_ALWAYS = (AppError,)
_OF_A_TOKEN = (Unauthenticated, Forbidden, RateLimited, VaultUnavailable, UpstreamFailure)
_OF_THE_PUBLIC = (RateLimited, VaultUnavailable, UpstreamFailure)
_OF_A_BODY = (MalformedRequest, ValidationFailed)
_OF_A_PATH = (ValidationFailed, NotFound)
# Werkzeug's own errors: app/web/failures.py answers them with these codes.
_READING_A_BODY = {413: "payload_too_large", 415: "unsupported_media_type"}
_REQUEST_ID = {"X-Request-ID": {"$ref": "#/components/headers/X-Request-ID"}}
_HEADERS = {
    401: {"WWW-Authenticate": {"$ref": "#/components/headers/WWW-Authenticate"}},
    429: {"Retry-After": {"$ref": "#/components/headers/Retry-After"}},
    503: {"Retry-After": {"$ref": "#/components/headers/Retry-After"}},
}
_PATH_PARAMETERS = {
    "team_id": "The team's id, a ULID in either case.",
    "key": "The matter's id, as the lists of matters and invoices have it.",
}
_DESCRIBED_HEADERS = {
    "X-Request-ID": ("The request's id: yours if it was well formed, else a new one.", "string"),
    "WWW-Authenticate": ("`Bearer`.", "string"),
    "Retry-After": ("Seconds until a repeat makes sense.", "integer"),
    "ETag": ('The version, in quotes: `"5"`.', "string"),
}


def fails(*errors: type[AppError]) -> Callable[[View], View]:
    """Names the failures that are this view's own."""

    def naming(view: View) -> View:
        vars(view)["failures"] = errors
        return view

    return naming


class Failures(BasePlugin):
    """Complete each operation when apispec processes it."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._named: set[str] = set()

    def init_spec(self, spec: APISpec) -> None:
        self._spec = spec
        for name, (description, kind) in _DESCRIBED_HEADERS.items():
            header = {"description": description, "schema": {"type": kind}}
            spec.components.header(name, header)

    def path_helper(
        self, path: str | None = None, operations: Any = None, parameters: Any = None, **_: Any
    ) -> None:
        for parameter in parameters:
            parameter["description"] = _PATH_PARAMETERS[parameter["name"]]

    def operation_helper(
        self, path: str | None = None, operations: Any = None, **kwargs: Any
    ) -> None:
        rule = kwargs["rule"]
        view = self._app.view_functions[rule.endpoint]
        guard = self._app.extensions["guards"][rule.endpoint.partition(".")[0]]
        for operation in operations.values():
            operation["operationId"] = _camel(view.__name__)
            # flask-smorest has its own component for a failed validation: ours replaces it.
            responses = {
                it: told for it, told in operation["responses"].items() if isinstance(told, dict)
            }
            operation["responses"] = responses
            for response in responses.values():
                response.setdefault("headers", {}).update(_REQUEST_ID)
            errors = {*_ALWAYS, *getattr(view, "failures", ()), *_implied(guard, rule, operation)}
            codes = _codes(errors, "requestBody" in operation)
            for status, named in sorted(codes.items()):
                responses[str(status)] = self._response(status, sorted(named))

    def _response(self, status: int, codes: list[str]) -> dict[str, Any]:
        name = "".join(code.title().replace("_", "") for code in codes) + "Error"
        if name not in self._named:
            self._named.add(name)
            self._spec.components.schema(name, _schema(codes))
        schema = {"$ref": f"#/components/schemas/{name}"}
        return {
            "description": f"{HTTPStatus(status).phrase}: {', '.join(f'`{it}`' for it in codes)}",
            "content": {"application/json": {"schema": schema}},
            "headers": {**_REQUEST_ID, **_HEADERS.get(status, {})},
        }


def _implied(guard: str, rule: Any, operation: Any) -> Iterable[type[AppError]]:
    if guard == "bearer":
        yield from _OF_A_TOKEN
    elif guard == "public":
        yield from _OF_THE_PUBLIC
    if "requestBody" in operation:
        yield from _OF_A_BODY
    if operation.get("parameters"):
        yield ValidationFailed
    if rule.arguments:
        yield from _OF_A_PATH


def _codes(errors: Iterable[type[AppError]], has_body: bool) -> dict[int, set[str]]:
    codes: dict[int, set[str]] = defaultdict(set)
    for error in errors:
        codes[error.status].add(error.code)
    if has_body:
        for status, code in _READING_A_BODY.items():
            codes[status].add(code)
    return codes


def _schema(codes: list[str]) -> dict[str, Any]:
    """The common schema of failures, with these codes."""
    return {
        "type": "object",
        "required": ["success", "error", "errorCode", "requestId"],
        "properties": {
            "success": {"type": "boolean", "enum": [False], "description": "Always false."},
            "error": {"type": "string", "description": "A sentence for people."},
            "errorCode": {
                "type": "string",
                "enum": codes,
                "description": "What went wrong, for machines.",
            },
            "requestId": {"type": "string", "description": "As in `X-Request-ID`."},
            "details": {
                "type": "object",
                "additionalProperties": {"type": "array", "items": {"type": "string"}},
                "description": "What is wrong with which field.",
            },
        },
        "example": {
            "success": False,
            "error": "A sentence about what went wrong.",
            "errorCode": codes[0],
            "requestId": "0f8fad5bd9cb469fa16570867728950e",
        },
    }


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.title, rest))
