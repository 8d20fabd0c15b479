"""Blawby's wire format over HTTP, with switchable faults: for development and tests alone."""

import re
from pathlib import Path

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from sandbox import admin, pages, wire

_TEAM = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", re.ASCII | re.IGNORECASE)


def create_sandbox(file: Path | None = None) -> Flask:
    """`file`: where its records are kept over a restart."""
    app = Flask(__name__)
    app.config["PROPAGATE_EXCEPTIONS"] = True
    app.extensions["blawby"] = wire.Blawby(file)
    app.register_blueprint(wire.blueprint)
    app.register_blueprint(admin.blueprint)
    app.register_blueprint(pages.blueprint)
    app.before_request(_refuse_malformed_team)
    app.register_error_handler(HTTPException, _laravel_error)
    return app


def _refuse_malformed_team() -> tuple[Response, int] | None:
    team = (request.view_args or {}).get("team")
    if team is not None and not _TEAM.fullmatch(team):
        return jsonify({"message": "No query results for model [Team]."}), 404
    return None


def _laravel_error(error: HTTPException) -> tuple[Response, int]:
    return jsonify({"message": error.description or error.name}), error.code or 500
