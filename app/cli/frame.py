"""What the commands share: how errors end, who is asking, how arguments and documents are read.

A command acts with the token in `VAULT_TOKEN` (or in the file that `VAULT_TOKEN_FILE` names), as
the API acts with its caller's. Exit codes: 0 done; 1 refused, failed, not confirmed, or an
environment that will not do; 2 wrong arguments. An error is one line on standard error.
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from marshmallow import EXCLUDE, Schema, ValidationError

from app.domain.ids import TeamId
from app.domain.moments import within_reach
from app.domain.secret import SecretString
from app.errors import AppError, MalformedRequest, ValidationFailed, VaultUnavailable
from app.web import strict_json

_TOKEN = re.compile(r"[!-~]{1,2048}")
# How the command line calls what the API calls so.
_NAMES = {
    "apiKey": "the key",
    "teamUlid": "--team-ulid",
    "expiresAt": "--expires-at",
    "paymentId": "--payment-id",
    "teamId": "team id",
    "slug": "--slug",
    "name": "--name",
}


@contextmanager
def _in_one_line() -> Iterator[None]:
    """Every failure ends a command with one line: no traceback, no value."""
    try:
        yield
    except AppError as error:
        raise click.ClickException(sentence_of(error)) from None
    except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
        raise
    except Exception as unforeseen:  # its words may hold a token, an address or a value
        told = f"It failed unexpectedly ({type(unforeseen).__name__})."
        raise click.ClickException(told) from None


class Commands(AppGroup):
    """A group, whose commands' failures end in one line."""

    def invoke(self, ctx: click.Context) -> Any:
        with _in_one_line():
            return super().invoke(ctx)


class Command(click.Command):
    """The same for a command that is in no group."""

    def invoke(self, ctx: click.Context) -> Any:
        with _in_one_line():
            return super().invoke(ctx)


class _TeamIdType(click.ParamType[TeamId]):
    name = "team id"

    def convert(self, value: Any, param: Any, ctx: Any) -> TeamId:
        try:
            return TeamId.parse(str(value))
        except ValidationFailed:
            return self.fail("Not a team id (a ULID).", param, ctx)


class _JsonFileType(click.ParamType[Any]):
    name = "file"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        try:
            return strict_json.read(Path(value).read_bytes())
        except OSError:
            return self.fail("The file cannot be read.", param, ctx)
        except MalformedRequest as error:
            return self.fail(f"The file {error.why}.", param, ctx)


class _JsonObjectFileType(_JsonFileType):
    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        document = super().convert(value, param, ctx)
        if not isinstance(document, dict):
            return self.fail("The file does not hold a JSON object.", param, ctx)
        return document


class _FutureType(click.ParamType[datetime]):
    """A date or a moment that is still to come; UTC unless told."""

    name = "date"

    def convert(self, value: Any, param: Any, ctx: Any) -> datetime:
        try:
            at = datetime.fromisoformat(str(value))
            at = within_reach(at if at.tzinfo else at.replace(tzinfo=UTC))
        except ValueError:
            return self.fail("Not a date (ISO 8601, like 2031-05-01 or 2031-05-01T12:00Z).")
        if at <= datetime.now(UTC):
            return self.fail("That is in the past.", param, ctx)
        return at


TEAM_ID = _TeamIdType()
JSON_FILE = _JsonFileType()
JSON_OBJECT_FILE = _JsonObjectFileType()
FUTURE = _FutureType()


def caller() -> SecretString:
    """The operator's token. Raises `ClickException`, which does not show it."""
    token = os.environ.get("VAULT_TOKEN", "").strip()
    if not token and (file := os.environ.get("VAULT_TOKEN_FILE")):
        try:
            token = Path(file).read_text("ascii").strip()
        except (OSError, ValueError):
            raise click.ClickException("The file of VAULT_TOKEN_FILE cannot be read.") from None
    if not token:
        raise click.ClickException("VAULT_TOKEN or VAULT_TOKEN_FILE is needed.")
    if not _TOKEN.fullmatch(token):
        raise click.ClickException("That is no token: it has blanks or other odd characters.")
    return SecretString(token)


def loaded(schema: Schema, document: Any) -> Any:
    try:
        return schema.load(document, unknown=EXCLUDE)
    except ValidationError as wrong:
        raise ValidationFailed(wrong.messages_dict) from None


def sentence_of(error: AppError, names: Mapping[str, str] = _NAMES) -> str:
    """The error's own sentence, and what is wrong with which argument."""
    wrong = [f"{names.get(place, place)}: {text}" for place, text in _flat(error.details or {}, "")]
    message = error.to_operators if isinstance(error, VaultUnavailable) else error.message
    return " ".join([message, *wrong])


def _flat(details: Any, place: str) -> list[tuple[str, str]]:
    if isinstance(details, Mapping):
        inner = ((f"{place}.{name}".lstrip("."), wrong) for name, wrong in details.items())
        return [found for deeper, wrong in inner for found in _flat(wrong, deeper)]
    if isinstance(details, list):
        return [found for wrong in details for found in _flat(wrong, place)]
    return [(place.replace("._schema", "").replace("_schema", "the document"), str(details))]
