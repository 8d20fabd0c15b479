"""Team Secrets. `create_app()` is the only wiring: which adapter stands behind which port."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask

from app.adapters import deadline
from app.adapters.blawby.gateway import BlawbyGateways
from app.adapters.blawby.guards import GuardRules
from app.adapters.cache.backends import own_directory, shared_generations, worker_memory
from app.adapters.cache.rate_counters import rate_counters
from app.adapters.notices.smtp import SmtpMailer
from app.adapters.notices.webhook import PublicWebhooks
from app.adapters.threads import Rounds, Threads
from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.agents import AgentTokens, VaultTeamSource
from app.adapters.vault.logins import VaultLogins
from app.adapters.vault.matters import VaultMatterDesks, VaultMatterStores
from app.adapters.vault.secrets import VaultSecretStores
from app.adapters.vault.session import ServiceLogin
from app.adapters.vault.teams import VaultTeamRegistries
from app.adapters.vault.unwrap import unwrapped
from app.adapters.vault.webhook_secrets import VaultWebhookSecrets
from app.adapters.vault.worklist import VaultWorklist
from app.blueprints import (
    agent,
    auth,
    invoices,
    matters,
    operations,
    pages,
    team_secrets,
    teams,
    webhooks,
)
from app.cli import (
    agent_commands,
    invoice_commands,
    matter_commands,
    secret_commands,
    team_commands,
)
from app.domain.notice import Channel
from app.domain.worklist import Kind
from app.errors import VaultUnavailable
from app.observability import metrics
from app.observability.logs import configure_logs
from app.observability.outcomes import observe_outcome
from app.services.agent import Agent
from app.services.intake import RulesEngine
from app.services.matters.amending import Amending
from app.services.matters.entering import Entering
from app.services.matters.filing import Filing
from app.services.matters.reading import Matters
from app.services.notices.delivery import Deliveries, Notice
from app.services.notices.dispatch import Dispatch
from app.services.notices.secrets import WebhookSecretKeeping
from app.services.notices.sending import EmailNotice, WebhookNotice
from app.services.payments.attempt import Billing
from app.services.payments.charging import Charging
from app.services.payments.invoicing import Invoicing
from app.services.payments.memos import Memos, PutOffMemos
from app.services.payments.review import Invoices
from app.services.payments.rules import InvoiceRules
from app.services.public_profile import PublicProfiles
from app.services.rate_limits import RateLimit
from app.services.readiness import Readiness
from app.services.resolution.resolver import Resolution
from app.services.rotation import Rotation
from app.services.streams import Streams
from app.services.team_secrets import TeamSecrets
from app.services.teams import Teams
from app.services.upkeep import Upkeep
from app.settings import Settings
from app.web.envelope import register
from app.web.guards import bearer, public
from app.web.requests import ProxiedFlask, install

_WORKER_THREADS = 16
_BLAWBY_CONCURRENCY = _WORKER_THREADS * 3 // 4
_WAITING_COPIES = _WORKER_THREADS // 16
_THREADS_BESIDE = 8
_THREADS_FOR_MEMOS = 8
_THREADS_SENDING = 4
_GRACE = 5.0
# A stream holds a thread that sends and one that works. The other half serves all other requests.
_STREAMS = _WORKER_THREADS // 2


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
    source = VaultTeamSource(login, agents, mount)
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
    kept = _kept(settings, Outside(vault, login, agents, source, gateways, resolution))
    app.before_request(kept.rounds.start)
    turns = Agent(resolution, RulesEngine(), kept.filing, deadline, settings.agent_deadline)
    streams = Streams(turns, Threads("streams", _STREAMS), _STREAMS, metrics.count_streams)
    profiles = PublicProfiles(resolution)
    secrets = TeamSecrets(stores, source, gateways, resolution)
    registries = VaultTeamRegistries(vault, mount, namespace)
    registry = Teams(registries, stores, resolution)
    logins = VaultLogins(vault, namespace)
    signing = WebhookSecretKeeping(kept.webhook_secrets, registries)
    readiness = Readiness(source.probe, generations.probe, gateways.well)

    register(
        app,
        (auth.blueprint(logins, RateLimit(limiter, settings.login_rate_limit)), public),
        (teams.blueprint(registry), bearer),
        (invoices.blueprint(kept.invoices), bearer),
        (matters.blueprint(kept.matters), bearer),
        (webhooks.blueprint(signing), bearer),
        (team_secrets.blueprint(secrets, registry), bearer),
        (agent.blueprint(turns, streams, RateLimit(limiter, settings.agent_rate_limit)), public),
        (pages.blueprint(profiles), public),
        (operations.blueprint(readiness), public),
    )
    app.cli.add_command(agent_commands(turns, profiles))
    app.cli.add_command(team_commands(registry))
    app.cli.add_command(secret_commands(secrets, Rotation(registries, secrets)))
    app.cli.add_command(matter_commands(kept.matters))
    app.cli.add_command(invoice_commands(kept.invoices))
    return app


@dataclass(frozen=True, slots=True)
class Outside:
    """What matters and payments need of the rest of the wiring."""

    vault: VaultAddresses
    login: ServiceLogin
    agents: AgentTokens
    source: VaultTeamSource
    gateways: BlawbyGateways
    resolution: Resolution


@dataclass(frozen=True, slots=True)
class Kept:
    """Matters and payments: what files them, shows them, and looks after them."""

    filing: Filing
    matters: Matters
    invoices: Invoices
    webhook_secrets: VaultWebhookSecrets
    rounds: Rounds


def _kept(settings: Settings, outside: Outside) -> Kept:
    mount, namespace = settings.vault_kv_mount, settings.vault_namespace
    vault, gateways, resolution = outside.vault, outside.gateways, outside.resolution
    rules = InvoiceRules(
        settings.agent_deadline, settings.blawby_idempotent, waiting=_WAITING_COPIES
    )
    clock, beside = rules.clock, Threads("beside", _THREADS_BESIDE)
    sending = Threads("sending", _THREADS_SENDING)
    worklist = VaultWorklist(outside.login, outside.agents.platform, vault, namespace)
    stores = VaultMatterStores(outside.agents.kv, settings.matter_retention_days)
    desks = VaultMatterDesks(vault, mount, namespace)

    signing = VaultWebhookSecrets(outside.agents.kv, vault, mount, namespace)
    sender = PublicWebhooks(settings.webhook_allow_loopback, settings.webhook_cacert)
    mailer = SmtpMailer(settings.smtp_url) if settings.smtp_url else None
    ways: dict[Channel, Notice] = {
        Channel.WEBHOOK: WebhookNotice(signing, sender, clock),
        Channel.EMAIL: EmailNotice(mailer),
    }
    deliver = Deliveries(resolution, stores, worklist, ways, deadline, metrics.count_notice).deliver
    grace, by_email = settings.agent_deadline + _GRACE, mailer is not None
    dispatch = Dispatch(worklist, sending, deliver, clock, grace, by_email)

    memos = Memos(worklist, Threads("memos", _THREADS_FOR_MEMOS), deadline, clock)
    put_off = PutOffMemos(resolution, stores, worklist, gateways, memos)
    billing = Billing(deadline, memos)
    charging = Charging(gateways, resolution, billing, deadline, settings.agent_deadline)
    invoicing = Invoicing(charging, worklist, deadline, beside, rules, observe_outcome)
    entering = Entering(worklist, dispatch, beside)
    amending = Amending(worklist, dispatch, beside, clock)

    work = {Kind.WEBHOOK: deliver, Kind.EMAIL: deliver, Kind.MEMO: put_off.leave}
    retention = timedelta(days=settings.matter_retention_days)
    upkeep = Upkeep(resolution, stores, worklist, sending, work, rules, retention)
    matters_service = Matters(desks, stores, worklist, beside, rules)
    return Kept(
        Filing(stores, invoicing, entering, amending, clock),
        matters_service,
        Invoices(matters_service, desks, outside.source, gateways, worklist, beside, rules),
        signing,
        Rounds(lambda: metrics.observe_backlog(upkeep.round()), float(settings.sweep_seconds)),
    )
