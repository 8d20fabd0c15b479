"""The API's description at /openapi.json, and its page at /docs with assets from our own host."""

from functools import lru_cache

import flask
from flask import Flask
from flask_smorest import Api
from marshmallow import Schema, fields
from swagger_ui_bundle import swagger_ui_path

_DESCRIPTION = (
    "Keeps each team's Blawby key in Vault and acts with it. "
    "Success: `{success: true, data}`; failure: `{success: false, error, errorCode, requestId}`."
)
_SETTINGS = {
    "API_TITLE": "Team Secrets",
    "API_VERSION": "1",
    "OPENAPI_VERSION": "3.0.3",
    "OPENAPI_URL_PREFIX": "/",
    "OPENAPI_JSON_PATH": "openapi.json",
    "OPENAPI_SWAGGER_UI_PATH": "docs",
    "OPENAPI_SWAGGER_UI_URL": "/docs/assets/",
    "API_SPEC_OPTIONS": {"info": {"description": _DESCRIPTION}},
}
ENDPOINTS = ("api-docs", "docs_assets")
SECURITY: list[dict[str, list[str]]] = [{"token": []}]


class ErrorSchema(Schema):
    success = fields.Boolean(required=True)
    error = fields.String(required=True)
    errorCode = fields.String(required=True)  # noqa: N815 (the contract's name)
    requestId = fields.String(required=True)  # noqa: N815
    details = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))


class DescribedApi(Api):
    """flask-smorest's, with our one shape of errors."""

    ERROR_SCHEMA = ErrorSchema

    def _register_error_handlers(self) -> None:
        """Errors are mapped in one place of ours: app/web/requests.py."""


@lru_cache
def envelope(schema: type[Schema]) -> type[Schema]:
    """The described answer around a schema; one class for each, so that it is described once."""
    name = schema.__name__.removesuffix("Schema")
    inside = {
        "success": fields.Boolean(required=True),
        "data": fields.Nested(schema, required=True),
    }
    return type(f"{name}Envelope", (Schema,), inside)


def described(app: Flask) -> DescribedApi:
    app.config |= _SETTINGS
    api = DescribedApi(app)
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    app.add_url_rule("/docs/assets/<path:name>", "docs_assets", _asset)
    return api


def _asset(name: str) -> flask.Response:
    answer = flask.send_from_directory(str(swagger_ui_path), name)
    # Flask's own would stand beside the one that all our answers have.
    del answer.headers["Cache-Control"]
    return answer
