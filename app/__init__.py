"""Team Secrets. `create_app()` is the only wiring: which adapter stands behind which port. Matters,
payments, the intake's engine and the service's login are wired in `app.wiring`, which nothing else
uses."""

from collections.abc import Callable

from flask import Flask

from app.adapters import deadline
from app.adapters.blawby.gateway import BlawbyGateways
from app.adapters.blawby.guards import GuardRules
from app.adapters.cache.backends import own_directory, shared_generations, worker_memory
from app.adapters.cache.rate_counters import rate_counters
from app.adapters.cache.server import shared_server
from app.adapters.threads import Threads
from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.agents import AgentTokens, VaultTeamSource
from app.adapters.vault.logins import VaultLogins
from app.adapters.vault.secrets import VaultSecretStores
from app.adapters.vault.session import ServiceLogin
from app.adapters.vault.teams import VaultTeamRegistries
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
from app.cli import OperatorServices, add_commands
from app.errors import VaultUnavailable
from app.observability import metrics, tracing, upstreams
from app.observability.logs import configure_logs
from app.schemas.stored_config import read_config
from app.services.admission import Admission
from app.services.agent import Agent
from app.services.attention import Attention
from app.services.notices.secrets import WebhookSecretKeeping
from app.services.public_profile import PublicProfiles
from app.services.rate_limits import RateLimit
from app.services.readiness import Readiness
from app.services.resolution.resolver import Resolution
from app.services.rotation import Rotation
from app.services.secret_views import SecretViews
from app.services.sessions import Sessions
from app.services.streams import Streams
from app.services.team_secrets import TeamSecrets
from app.services.teams import Teams
from app.services.visits import Visits
from app.settings import Settings
from app.version import VERSION
from app.web.envelope import register
from app.web.guards import bearer, probe, public
from app.web.requests import ProxiedFlask, install
from app.wiring import Outside, intake_engine, kept_matters, login_method


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
    settings: Settings | None = None, is_ending: Callable[[], bool] = lambda: False
) -> Flask:
    """The app with everything behind it; without settings, those of the environment.

    `is_ending`: whether the server that runs it was told to end.
    """
    settings = settings or Settings.from_environment()
    configure_logs(settings.log_level)
    upstreams.begin(settings.vault_cacert, settings.cache_redis_cacert)
    tracing.begin(settings.otel_exporter_otlp_endpoint, VERSION)
    app = ProxiedFlask(__name__, settings.trusted_proxies)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    install(app)

    namespace, mount = settings.vault_namespace, settings.vault_kv_mount
    vault = VaultAddresses(settings.vault_addr, settings.vault_timeout, settings.vault_cacert)
    login = ServiceLogin(vault, login_method(settings), namespace)
    agents = AgentTokens(login, vault, mount, namespace)
    source = VaultTeamSource(login, agents, mount, read_config)
    stores = VaultSecretStores(vault, mount, namespace)
    most_streams = settings.stream_concurrency
    guards = GuardRules.of_a_worker(
        settings.worker_threads, settings.blawby_concurrency, most_streams
    )
    gateways = BlawbyGateways(settings.blawby_api_url, settings.blawby_timeout, guards)
    own_directory(settings.cache_dir)
    shared_cache = shared_server(settings.cache_redis_url, settings.cache_redis_cacert)
    generations = shared_generations(app, shared_cache, settings.cache_dir)
    memory = worker_memory(app, settings.cache_threshold)
    limiter = rate_counters(shared_cache, settings.cache_dir)

    resolution = Resolution(
        source,
        generations,
        memory,
        settings.config_cache_ttl,
        settings.config_stale_if_error,
        observe=metrics.count_resolution,
    )
    registries = VaultTeamRegistries(vault, mount, read_config, namespace)
    outside = Outside(vault, login, agents, source, registries, gateways, resolution)
    kept = kept_matters(settings, outside)
    app.before_request(kept.rounds.start)
    logins = VaultLogins(vault, settings.vault_role_id, namespace)
    admission = Admission(limiter, settings.address_rate_limit, logins)
    visits = Visits(resolution, RateLimit(limiter, settings.agent_rate_limit), admission)
    engine = intake_engine(settings, limiter)
    metrics.tell_build(VERSION, engine.name)
    turns = Agent(
        visits,
        engine,
        kept.filing,
        deadline,
        settings.agent_deadline,
        metrics.count_turn,
    )
    streams = Streams(turns, Threads("streams", most_streams), most_streams, metrics.count_streams)
    profiles = PublicProfiles(visits)
    sessions = Sessions(logins, RateLimit(limiter, settings.login_rate_limit), admission)
    secrets = TeamSecrets(stores, registries, source, gateways, resolution)
    views = SecretViews(stores, registries, source)
    needs = Attention(kept.invoices, views, kept.worklist)
    registry = Teams(registries, stores, resolution)
    signing = WebhookSecretKeeping(kept.webhook_secrets, registries)
    readiness = Readiness(source.probe, generations.probe, gateways.state)

    register(
        app,
        admission,
        (auth.blueprint(sessions), public),
        (teams.blueprint(registry), bearer),
        (attention.blueprint(needs), bearer),
        (invoices.blueprint(kept.invoices), bearer),
        (matters.blueprint(kept.matters), bearer),
        (webhooks.blueprint(signing), bearer),
        (team_secrets.blueprint(secrets, views, registry), bearer),
        (agent.blueprint(turns, streams), public),
        (pages.blueprint(profiles), public),
        (operations.blueprint(readiness, is_ending), probe),
    )
    rotation = Rotation(registries, views)
    operators = OperatorServices(
        registry, secrets, views, rotation, kept.matters, kept.invoices, needs, turns, profiles
    )
    add_commands(app, lambda: operators)
    return app
