"""Team Secrets. `create_app()` is the only wiring: which adapter stands behind which port."""

from flask import Flask

from app.adapters import deadline
from app.adapters.blawby.gateway import BlawbyGateways
from app.adapters.blawby.guards import GuardRules
from app.adapters.cache.backends import own_directory, shared_generations, worker_memory
from app.adapters.cache.rate_counters import rate_counters
from app.adapters.threads import Threads
from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.agents import AgentTokens, VaultTeamSource
from app.adapters.vault.ledger import VaultCallerLedgers, VaultInvoiceLedgers
from app.adapters.vault.logins import VaultLogins
from app.adapters.vault.secrets import VaultSecretStores
from app.adapters.vault.session import ServiceLogin
from app.adapters.vault.teams import VaultTeamRegistries
from app.adapters.vault.unwrap import unwrapped
from app.blueprints import agent, auth, invoices, operations, team_secrets, teams
from app.cli import OperatorServices, add_commands
from app.errors import VaultUnavailable
from app.observability import metrics
from app.observability.logs import configure_logs
from app.schemas.stored_config import read_config
from app.services.admission import Admission
from app.services.agent import Agent
from app.services.intake import RulesEngine
from app.services.payments.entry import LedgerRules
from app.services.payments.invoicing import Invoicing
from app.services.payments.methods import Payments
from app.services.payments.review import Invoices
from app.services.rate_limits import RateLimit
from app.services.readiness import Readiness
from app.services.resolution.resolver import Resolution
from app.services.rotation import Rotation
from app.services.secret_views import SecretViews
from app.services.sessions import Sessions
from app.services.team_secrets import TeamSecrets
from app.services.teams import Teams
from app.services.visits import Visits
from app.settings import Settings
from app.web.envelope import register
from app.web.guards import bearer, probe, public
from app.web.requests import ProxiedFlask, install

_WORKER_THREADS = 16
_BLAWBY_CONCURRENCY = _WORKER_THREADS * 3 // 4
_WAITING_COPIES = _WORKER_THREADS // 16
_THREADS_BESIDE = 4


def prepare() -> None:
    """Once, before there are workers: ends the process with one line where the environment is no
    good, or where a wrapped VAULT_SECRET_ID gives no secret id."""
    settings = Settings.from_environment()
    vault = VaultAddresses(settings.vault_addr, settings.vault_timeout, settings.vault_cacert)
    try:
        unwrapped(settings.vault_secret_id, vault, settings.vault_namespace)
    except VaultUnavailable as failure:
        raise SystemExit(failure.message) from None


def create_app(settings: Settings | None = None) -> Flask:
    """The app with everything behind it; without settings, those of the environment."""
    settings = settings or Settings.from_environment()
    configure_logs(settings.log_level)
    app = ProxiedFlask(__name__, settings.trusted_proxies)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    install(app)

    namespace, mount = settings.vault_namespace, settings.vault_kv_mount
    vault = VaultAddresses(settings.vault_addr, settings.vault_timeout, settings.vault_cacert)
    login = ServiceLogin(vault, settings.vault_role_id, settings.vault_secret_id, namespace)
    agents = AgentTokens(login, vault, mount, namespace)
    source = VaultTeamSource(login, agents, mount, read_config)
    stores = VaultSecretStores(vault, mount, namespace)
    guards = GuardRules.of_a_worker(_WORKER_THREADS, _BLAWBY_CONCURRENCY)
    gateways = BlawbyGateways(settings.blawby_api_url, settings.blawby_timeout, guards)
    own_directory(settings.cache_dir)
    generations = shared_generations(app, settings.cache_redis_url, settings.cache_dir)
    memory = worker_memory(app, settings.cache_threshold)
    limiter = rate_counters(settings.cache_redis_url, settings.cache_dir)

    resolution = Resolution(
        source,
        generations,
        memory,
        settings.config_cache_ttl,
        settings.config_stale_if_error,
        observe=metrics.count_resolution,
    )
    rules = LedgerRules(
        settings.agent_deadline, settings.blawby_idempotent, waiting=_WAITING_COPIES
    )
    beside = Threads("beside", _THREADS_BESIDE)
    invoicing = Invoicing(
        VaultInvoiceLedgers(agents.kv), gateways, resolution, deadline, beside, rules
    )
    payments = Payments(invoicing, metrics.count_payment)
    logins = VaultLogins(vault, settings.vault_role_id, namespace)
    admission = Admission(limiter, settings.address_rate_limit, logins)
    visits = Visits(resolution, RateLimit(limiter, settings.agent_rate_limit), admission)
    turns = Agent(visits, RulesEngine(), payments, deadline, settings.agent_deadline)
    sessions = Sessions(logins, RateLimit(limiter, settings.login_rate_limit), admission)
    registries = VaultTeamRegistries(vault, mount, read_config, namespace)
    secrets = TeamSecrets(stores, registries, source, gateways, resolution)
    views = SecretViews(stores, registries, source)
    registry = Teams(registries, stores, resolution)
    ledgers = VaultCallerLedgers(vault, mount, namespace)
    invoices_service = Invoices(ledgers, registries, source, gateways, settings.agent_deadline)
    readiness = Readiness(source.probe, generations.probe, gateways.well)

    register(
        app,
        admission,
        (auth.blueprint(sessions), public),
        (teams.blueprint(registry), bearer),
        (invoices.blueprint(invoices_service), bearer),
        (team_secrets.blueprint(secrets, views, registry), bearer),
        (agent.blueprint(turns), public),
        (operations.blueprint(readiness), probe),
    )
    rotation = Rotation(registries, views)
    operators = OperatorServices(registry, secrets, views, rotation, invoices_service)
    add_commands(app, lambda: operators)
    return app
