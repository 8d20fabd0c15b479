"""What the commands share: how errors end, who is asking, how a document is loaded.

A command acts with the token in `VAULT_TOKEN` (or in the file that `VAULT_TOKEN_FILE` names), as
the API acts with its caller's.
"""

import json
import os
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from marshmallow import EXCLUDE, Schema, ValidationError

from app.domain.ids import TeamId
from app.domain.secret import SecretString
from app.errors import AppError, ValidationFailed
from app.web import strict_json


class _TeamIdType(click.ParamType[TeamId]):
    name = "team id"

    def convert(self, value: Any, param: Any, ctx: Any) -> TeamId:
        try:
            return TeamId.parse(str(value))
        except AppError as wrong:
            return self.fail(wrong.message, param, ctx)


class _JsonFileType(click.ParamType[Any]):
    name = "file"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        try:
            return strict_json.read(Path(value).read_bytes())
        except OSError:
            return self.fail("The file cannot be read.", param, ctx)
        except AppError:
            return self.fail("The file does not hold JSON.", param, ctx)


class Commands(AppGroup):
    """Our errors end a command with one line and exit code 1: no traceback, no value."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except AppError as error:
            details = f" {json.dumps(error.details)}" if error.details else ""
            raise click.ClickException(error.message + details) from None


TEAM_ID = _TeamIdType()
JSON_FILE = _JsonFileType()


def caller() -> SecretString:
    token = os.environ.get("VAULT_TOKEN")
    if not token and (file := os.environ.get("VAULT_TOKEN_FILE")):
        try:
            token = Path(file).read_text("ascii").strip()
        except (OSError, ValueError):
            raise click.ClickException("The file of VAULT_TOKEN_FILE cannot be read.") from None
    if not token:
        raise click.ClickException("VAULT_TOKEN or VAULT_TOKEN_FILE is needed.")
    return SecretString(token)


def loaded(schema: Schema, document: Any) -> Any:
    try:
        return schema.load(document, unknown=EXCLUDE)
    except ValidationError as wrong:
        raise ValidationFailed(wrong.messages_dict) from None
