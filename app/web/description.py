"""The API's description at /openapi.json, and its page at /docs with assets from our own host."""

from functools import lru_cache
from typing import Any

import flask
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from flask import Flask
from flask_smorest import Api
from marshmallow import Schema, fields
from swagger_ui_bundle import swagger_ui_path
from werkzeug.wrappers import Response

from app.web.described_failures import Failures

_DESCRIPTION = """\
Keeps each team's Blawby key in Vault and acts with it: a chat agent takes an intake and makes one
invoice for it with the team's key. No call shows a key.

Every answer is JSON: `{success: true, data}` or `{success: false, error, errorCode, requestId}`.
Rules that a schema cannot express are in docs/api.md.
"""
_WHO = """\
A Vault token. A team's member gets one from `POST /api/auth/login`; an operator or auditor from
there too, or from Vault directly (userpass, OIDC). The request is carried out in Vault with this
token, so Vault's policies decide what it may do.
"""
_SETTINGS = {
    "API_TITLE": "Team Secrets",
    "API_VERSION": "1",
    "OPENAPI_VERSION": "3.0.3",
    "OPENAPI_URL_PREFIX": "/",
    "OPENAPI_JSON_PATH": "openapi.json",
    "OPENAPI_SWAGGER_UI_PATH": "docs",
    "OPENAPI_SWAGGER_UI_URL": "/docs/assets/",
    "API_SPEC_OPTIONS": {
        "info": {"description": _DESCRIPTION, "license": {"name": "MIT"}},
        "servers": [{"url": "/", "description": "The instance that serves this description."}],
    },
}
ENDPOINTS = ("api-docs", "docs_assets", "start")
SECURITY: list[dict[str, list[str]]] = [{"token": []}]


class DescribedApi(Api):
    """flask-smorest's. Failures are described by `Failures`, and mapped in app/web/requests.py."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """Errors are mapped only in app/web/requests.py."""

    def _register_responses(self) -> None:
        """Remove components that no route uses."""

    def _register_pagination_header(self) -> None:
        """The same."""


class Fields(MarshmallowPlugin):
    """Describes schemas so that client generators create types for them."""

    class Converter(OpenAPIConverter):
        def field2nullable(self, field: fields.Field[Any], ret: Any) -> dict[str, Any]:
            """A nested object or null as `allOf` with `nullable`: apispec's own `anyOf` becomes an
            untyped dictionary in generated clients."""
            if not field.allow_none or not ret.keys() & {"$ref", "allOf"}:
                return super().field2nullable(field, ret)
            reference = ret.pop("allOf", None) or [{"$ref": ret.pop("$ref")}]
            return {"allOf": reference, "nullable": True}

        def field2required(self, field: fields.Field[Any], **options: Any) -> dict[str, Any]:
            """And whether a parameter may be there without a value."""
            takes_empty = getattr(field.parent, "takes_empty", False)
            empty = {"allowEmptyValue": True} if takes_empty else {}
            return super().field2required(field, **options) | empty


@lru_cache
def envelope(schema: type[Schema]) -> type[Schema]:
    """The described answer around a schema; one class for each, so that it is described once."""
    name = schema.__name__.removesuffix("Schema")
    inside = {
        "success": fields.Boolean(required=True, metadata={"description": "Always true."}),
        "data": fields.Nested(schema, required=True, metadata={"description": "The answer."}),
    }
    return type(f"{name}Envelope", (Schema,), inside)


def described(app: Flask) -> DescribedApi:
    app.config |= _SETTINGS
    plugins = {"marshmallow_plugin": Fields(), "extra_plugins": [Failures(app)]}
    api = DescribedApi(app, spec_kwargs=plugins)
    scheme = {"type": "http", "scheme": "bearer", "description": _WHO}
    api.spec.components.security_scheme("token", scheme)
    app.add_url_rule("/docs/assets/<path:name>", "docs_assets", _asset)
    app.add_url_rule("/", "start", _start)
    return api


def _asset(name: str) -> flask.Response:
    answer = flask.send_from_directory(str(swagger_ui_path), name)
    # Flask's own would duplicate the one that all our answers have.
    del answer.headers["Cache-Control"]
    return answer


def _start() -> Response:
    return flask.redirect("/docs")
