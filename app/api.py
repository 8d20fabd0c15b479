"""The shape of the API: the envelope of answers, strict reading of bodies, and its description."""

from functools import lru_cache
from typing import Any, NoReturn

import flask
from flask import Flask
from flask_smorest import Api
from flask_smorest import Blueprint as SmorestBlueprint
from marshmallow import EXCLUDE, Schema, ValidationError, fields
from swagger_ui_bundle import swagger_ui_path
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.routing import BaseConverter, UnicodeConverter

from app import strict_json
from app.errors import ValidationFailed
from app.guards import Guard, public
from app.ids import TeamId

_DESCRIPTION = (
    "Keeps each team's Blawby key in Vault and acts with it. "
    "Success: `{success: true, data}`; failure: `{success: false, error, errorCode, requestId}`."
)
_ASSETS = "docs_assets"


class StrictParser(FlaskParser):
    """Bodies as JSON objects without NaN, doubled names or lone surrogates; unknown names are left
    out. Whatever does not fit is one of `app.errors`, and none of it is repeated."""

    def __init__(self) -> None:
        super().__init__()
        self.DEFAULT_UNKNOWN_BY_LOCATION = {"json": EXCLUDE, "query": EXCLUDE}

    def load_json(self, req: flask.Request, schema: Any) -> Any:
        return read_object(req)

    def handle_error(self, error: ValidationError, *_: Any, **__: Any) -> NoReturn:
        raise ValidationFailed(_by_field(error.messages_dict)) from None


def read_object(request: flask.Request) -> dict[str, Any]:
    """The body's JSON object; `MalformedRequest`, or 413 and 415 of werkzeug's."""
    body = request.get_data(cache=False)
    if body and not request.is_json:
        raise UnsupportedMediaType
    return strict_json.read_object(body)


def _by_field(messages: dict[str, Any]) -> dict[str, Any]:
    """webargs files what is wrong under the location; callers know their fields."""
    found: dict[str, Any] = {}
    for location in messages.values():
        for field, wrong in _flat(location, ""):
            found.setdefault(field or "body", []).append(wrong)
    return found


def _flat(messages: Any, path: str) -> list[tuple[str, str]]:
    if isinstance(messages, dict):
        places = ((f"{path}.{name}".removeprefix("."), inner) for name, inner in messages.items())
        return [entry for place, inner in places for entry in _flat(inner, place)]
    return [(path.removesuffix("._schema").replace("_schema", ""), str(text)) for text in messages]


class Blueprint(SmorestBlueprint):
    """flask-smorest's, with our parser and the envelope `{"success": true, "data": ...}`."""

    ARGUMENTS_PARSER = StrictParser()

    def arguments(self, schema: type[Schema], **options: Any) -> Any:
        """A schema's one instance: webargs would make another for each request."""
        return super().arguments(schema(), **options)

    @staticmethod
    def _prepare_response_content(data: Any) -> Any:
        return data if data is None else {"success": True, "data": data}

    @staticmethod
    def _make_doc_response_schema(schema: Schema | None) -> Schema | None:
        return None if schema is None else _envelope(type(schema))()


@lru_cache
def _envelope(schema: type[Schema]) -> type[Schema]:
    """The described answer around a schema; one class for each, so that it is described once."""
    name = schema.__name__.removesuffix("Schema")
    inside = {"success": fields.Boolean(required=True), "data": fields.Nested(schema)}
    return type(f"{name}Envelope", (Schema,), inside)


class TeamIdConverter(UnicodeConverter):
    """Takes any text: what is no team id is a 400 of ours, not a 404 of the router's."""


class IntakeKeyConverter(BaseConverter):
    """The key of an intake in the ledger of invoices."""

    regex = "[0-9a-f]{32}"


class ErrorSchema(Schema):
    success = fields.Boolean(required=True)
    error = fields.String(required=True)
    errorCode = fields.String(required=True)  # noqa: N815 (the contract's name)
    requestId = fields.String(required=True)  # noqa: N815
    details = fields.Dict(keys=fields.String())


class DescribedApi(Api):
    """The API's description at /openapi.json and its page at /docs, assets from our own host."""

    ERROR_SCHEMA = ErrorSchema

    def _register_error_handlers(self) -> None:
        """Errors are mapped in one place of ours: app/http.py."""


def register(app: Flask, *blueprints: tuple[Blueprint, Guard]) -> None:
    """Each blueprint with its guard, and their description: at /openapi.json, and shown at /docs
    without any other host. `app.extensions["guards"]` tells who guards what: a test walks it."""
    app.config |= {
        "API_TITLE": "Team Secrets",
        "API_VERSION": "1",
        "OPENAPI_VERSION": "3.0.3",
        "OPENAPI_URL_PREFIX": "/",
        "OPENAPI_JSON_PATH": "openapi.json",
        "OPENAPI_SWAGGER_UI_PATH": "docs",
        "OPENAPI_SWAGGER_UI_URL": "/docs/assets/",
        "API_SPEC_OPTIONS": {"info": {"description": _DESCRIPTION}},
    }
    api = DescribedApi(app)
    app.url_map.converters["team_id"] = TeamIdConverter
    api.register_converter(TeamIdConverter, _describe_team_id)
    app.url_map.converters["intake_key"] = IntakeKeyConverter
    api.register_converter(IntakeKeyConverter, _describe_intake_key)
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    guards = app.extensions["guards"] = {"api-docs": public.__name__, _ASSETS: public.__name__}
    for blueprint, guard in blueprints:
        blueprint.before_request(parse_team_id)
        guard(blueprint)
        guards[blueprint.name] = guard.__name__
        api.register_blueprint(blueprint)
    app.add_url_rule("/docs/assets/<path:name>", _ASSETS, _asset)


def parse_team_id() -> None:
    """Before anything else of a blueprint: what is no team id goes no further."""
    values = flask.request.view_args
    if values and "team_id" in values:
        values["team_id"] = flask.g.team_id = TeamId.parse(values["team_id"])


def _describe_team_id(_: TeamIdConverter) -> dict[str, str]:
    return {"type": "string", "pattern": "^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$"}


def _describe_intake_key(_: IntakeKeyConverter) -> dict[str, str]:
    return {"type": "string", "pattern": f"^{IntakeKeyConverter.regex}$"}


def _asset(name: str) -> flask.Response:
    answer = flask.send_from_directory(str(swagger_ui_path), name)
    # Flask's own would stand beside the one that all our answers have.
    del answer.headers["Cache-Control"]
    return answer
