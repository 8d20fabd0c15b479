"""Team Secrets. `create_app()` is the only place where adapters, services and blueprints meet; its
parts are in `app.wiring`, which nothing else uses."""

from collections.abc import Callable
from typing import TextIO

from flask import Flask

from app.adapters.cache.backends import own_directory
from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.unwrap import unwrapped
from app.blueprints import (
    agent,
    attention,
    auth,
    invoices,
    matters,
    operations,
    pages,
    team_secrets,
    teams,
    webhooks,
)
from app.cli import add_commands
from app.errors import VaultUnavailable
from app.observability import tracing, upstreams
from app.observability.logs import configure_logs
from app.settings import Settings
from app.version import VERSION
from app.web.envelope import register
from app.web.guards import bearer, probe, public
from app.web.requests import ProxiedFlask, install
from app.wiring.matters import kept_matters
from app.wiring.outside import adapters_of
from app.wiring.services import all_services


def prepare() -> None:
    """Checks what workers need to start, once, before there are any: the environment, the cache
    directory, and a wrapped VAULT_SECRET_ID, which it unwraps. Raises `SystemExit` with a line."""
    settings = Settings.from_environment()
    vault = VaultAddresses(settings.vault_addr, settings.vault_timeout, settings.vault_cacert)
    try:
        own_directory(settings.cache_dir)
    except OSError:
        raise SystemExit("CACHE_DIR is no directory that this user owns and may write") from None
    try:
        unwrapped(settings.vault_secret_id, vault, settings.vault_namespace)
    except VaultUnavailable as failure:
        raise SystemExit(failure.to_operators) from None


def create_app(
    settings: Settings | None = None,
    is_ending: Callable[[], bool] = lambda: False,
    logs: TextIO | None = None,
) -> Flask:
    """The app with everything behind it; without settings, those of the environment.

    `is_ending`: whether the server that runs it was told to end. `logs`: where the process writes
    its logs; None is standard output.
    """
    settings = settings or Settings.from_environment()
    configure_logs(settings.log_level, logs)
    upstreams.begin(settings.vault_cacert, settings.cache_redis_cacert)
    tracing.begin(settings.otel_exporter_otlp_endpoint, VERSION)
    app = ProxiedFlask(__name__, settings.trusted_proxies)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    install(app)

    adapters = adapters_of(app, settings)
    kept = kept_matters(settings, adapters)
    app.before_request(kept.rounds.start)
    called = all_services(settings, adapters, kept)
    register(
        app,
        called.admission,
        (auth.blueprint(called.sessions), public),
        (teams.blueprint(called.teams), bearer),
        (attention.blueprint(called.attention), bearer),
        (invoices.blueprint(called.invoices), bearer),
        (matters.blueprint(called.matters), bearer),
        (webhooks.blueprint(called.webhook_secrets), bearer),
        (team_secrets.blueprint(called.secrets, called.views, called.teams), bearer),
        (agent.blueprint(called.agent, called.streams), public),
        (pages.blueprint(called.profiles), public),
        (operations.blueprint(called.readiness, is_ending), probe),
    )
    add_commands(app, lambda: called)
    return app
