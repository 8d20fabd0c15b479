"""The entry point of `flask` and gunicorn in wsgi.py."""

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import click
from flask import Flask

from app.cli import add_commands
from app.cli.services import OperatorServices, services_of
from app.settings import BadEnvironment, Settings

_NEED_ROUTES = frozenset({"run", "routes", "shell"})


def application(create_app: Callable[..., Flask]) -> Flask:
    """Create the app. For `flask team …` and similar commands create one with commands only, whose
    services are created when a command runs, so that help and completion need no environment."""
    if os.environ.get("FLASK_RUN_FROM_CLI") != "true" or _NEED_ROUTES & set(sys.argv):
        return create_app()

    @cache
    def services() -> OperatorServices:
        try:
            settings = _quiet(Settings.from_environment(own_login=False))
            return services_of(create_app(settings, logs=sys.stderr))
        except BadEnvironment as wrong:
            raise click.ClickException(str(wrong)) from None
        except OSError:
            raise click.ClickException(
                "CACHE_DIR cannot be used: it is no directory of yours."
            ) from None

    commands = Flask("commands", static_folder=None)
    add_commands(commands, services)
    return commands


def _quiet(settings: Settings) -> Settings:
    """A command's standard output is its result, and its error is one line: it writes logs only for
    whoever sets LOG_LEVEL, to standard error."""
    told = {"LOG_LEVEL", "LOG_LEVEL_FILE"} & os.environ.keys()
    return settings if told else replace(settings, log_level="CRITICAL")
