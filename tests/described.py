"""Every failure that any test sees is one that `/openapi.json` has for that route."""

import re
from typing import Any

from flask import Flask, Response, request

_RULE = re.compile(r"<(?:[a-z_]+:)?([a-z_]+)>")
# Of the page and the document themselves.
_UNDESCRIBED = {"/openapi.json", "/docs", "/docs/assets/{name}", "/"}
_seen: set[tuple[str, str, int, str]] = set()


def witness(app: Flask) -> None:
    """Keeps the failures that this app answers with, by route."""

    def keep(response: Response) -> Response:
        if request.url_rule and response.status_code >= 400 and response.is_json:
            path = _RULE.sub(r"{\1}", request.url_rule.rule)
            code = (response.get_json() or {}).get("errorCode", "")
            _seen.add((request.method.lower(), path, response.status_code, code))
        return response

    app.after_request(keep)


def undescribed(document: dict[str, Any]) -> list[tuple[str, str, int, str]]:
    """What was seen and is not in the description."""
    return sorted(
        seen for seen in _seen if seen[1] not in _UNDESCRIBED and not _has(document, seen)
    )


def codes_of(document: dict[str, Any], response: dict[str, Any]) -> list[str]:
    schema = response["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    codes: list[str] = document["components"]["schemas"][schema]["properties"]["errorCode"]["enum"]
    return codes


def _has(document: dict[str, Any], seen: tuple[str, str, int, str]) -> bool:
    method, path, status, code = seen
    operation = document["paths"].get(path, {}).get(method)
    if operation is None:
        # Not described, as HEAD; or a route that a test put there.
        return method in {"head", "options"} or path not in document["paths"]
    told = operation["responses"].get(str(status))
    return told is not None and code in codes_of(document, told)
