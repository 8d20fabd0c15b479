"""The parts of `create_app()` about matters and payments, the intake's engine, and the service's
login."""

from dataclasses import dataclass
from datetime import timedelta

from app.adapters import deadline
from app.adapters.blawby.gateway import BlawbyGateways
from app.adapters.notices.smtp import SmtpMailer
from app.adapters.notices.webhook import PublicWebhooks
from app.adapters.threads import Rounds, Threads
from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.agents import AgentTokens, VaultTeamSource
from app.adapters.vault.login_methods import (
    AppRoleLogin,
    JwtLogin,
    LoginMethod,
    NoLogin,
    TokenFileLogin,
)
from app.adapters.vault.matters import VaultMatterDesks, VaultMatterStores
from app.adapters.vault.session import ServiceLogin
from app.adapters.vault.teams import VaultTeamRegistries
from app.adapters.vault.webhook_secrets import VaultWebhookSecrets
from app.adapters.vault.worklist import VaultWorklist
from app.domain.notice import Channel
from app.domain.worklist import Kind
from app.observability import metrics, model
from app.observability.outcomes import observe_outcome
from app.ports import IntakeEngine, RateCounter
from app.services.intake import RulesEngine
from app.services.matters.amending import Amending
from app.services.matters.entering import Entering
from app.services.matters.filing import Filing
from app.services.matters.reading import Matters
from app.services.model import ModelEngine, Observers, TokenBudget
from app.services.notices.delivery import Deliveries, Notice
from app.services.notices.dispatch import Dispatch
from app.services.notices.sending import EmailNotice, WebhookNotice
from app.services.payments.attempt import Billing
from app.services.payments.charging import Charging
from app.services.payments.invoicing import Invoicing
from app.services.payments.memos import Memos, PutOffMemos
from app.services.payments.refused_keys import RefusedKeys
from app.services.payments.review import Invoices
from app.services.payments.rules import InvoiceRules
from app.services.resolution.resolver import Resolution
from app.services.upkeep import Upkeep
from app.settings import Settings

# Of a worker's threads one in so many may wait for another copy of an intake.
_SHARE_OF_COPIES = 16
# Beside them, whatever their number: for Vault's writes, for memos, for webhooks and e-mails.
_THREADS_BESIDE = 8
_THREADS_FOR_MEMOS = 8
_THREADS_SENDING = 4
# Seconds after a request's deadline until a round looks after what the request has left.
_GRACE = 5.0


@dataclass(frozen=True, slots=True)
class Outside:
    """What matters and payments need of the rest of the wiring."""

    vault: VaultAddresses
    login: ServiceLogin
    agents: AgentTokens
    source: VaultTeamSource
    registries: VaultTeamRegistries
    gateways: BlawbyGateways
    resolution: Resolution


@dataclass(frozen=True, slots=True)
class Kept:
    """Matters and payments: what files them, shows them, and looks after them."""

    filing: Filing
    matters: Matters
    invoices: Invoices
    worklist: VaultWorklist
    webhook_secrets: VaultWebhookSecrets
    rounds: Rounds


def login_method(settings: Settings) -> LoginMethod:
    """The one that VAULT_AUTH names; none for a command that was given none."""
    match settings.vault_auth:
        case "approle" if settings.vault_role_id:
            return AppRoleLogin(settings.vault_role_id, settings.vault_secret_id)
        case "jwt" if settings.vault_jwt_role and settings.vault_jwt_file:
            return JwtLogin(settings.vault_jwt_role, settings.vault_jwt_file)
        case "token_file" if settings.vault_token_file:
            return TokenFileLogin(settings.vault_token_file)
    return NoLogin()


def kept_matters(settings: Settings, outside: Outside) -> Kept:
    mount, namespace = settings.vault_kv_mount, settings.vault_namespace
    vault, gateways, resolution = outside.vault, outside.gateways, outside.resolution
    rules = InvoiceRules(
        settings.agent_deadline,
        settings.blawby_idempotent,
        waiting=max(1, settings.worker_threads // _SHARE_OF_COPIES),
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
    refused = RefusedKeys(resolution, resolution, gateways, worklist, sending, clock)
    charging = Charging(gateways, refused, billing, deadline, settings.agent_deadline)
    invoicing = Invoicing(charging, worklist, deadline, beside, rules, observe_outcome)
    entering = Entering(worklist, dispatch, beside)
    amending = Amending(worklist, dispatch, beside, clock)

    work = {
        Kind.WEBHOOK: deliver,
        Kind.EMAIL: deliver,
        Kind.MEMO: put_off.leave,
        Kind.KEY: refused.try_again,
    }
    retention = timedelta(days=settings.matter_retention_days)
    upkeep = Upkeep(resolution, stores, worklist, sending, work, rules, retention)
    matters_service = Matters(outside.registries, desks, stores, worklist, beside, rules)
    return Kept(
        Filing(stores, invoicing, entering, amending, clock),
        matters_service,
        Invoices(matters_service, desks, outside.source, gateways, worklist, beside, rules),
        worklist,
        signing,
        Rounds(lambda: metrics.observe_backlog(upkeep.round()), float(settings.sweep_seconds)),
    )


def intake_engine(settings: Settings, counter: RateCounter) -> IntakeEngine:
    """The rules, with the language model beside them if the operator has set one."""
    rules = RulesEngine()
    if settings.llm_base_url is None:
        return rules
    # The openai package takes 45 MB, which a worker without a model must not pay.
    from app.adapters.llm.compatible import CompatibleModel, ModelSettings  # noqa: PLC0415

    asked = ModelSettings(
        settings.llm_base_url,
        settings.llm_model or "",
        settings.llm_api_key,
        settings.llm_timeout,
        settings.llm_max_tokens,
        settings.llm_concurrency,
    )
    budget = TokenBudget(counter, settings.llm_team_tokens, settings.llm_max_tokens)
    observers = Observers(model.count_over_budget, model.count_proposal)
    return ModelEngine(rules, CompatibleModel(asked), budget, observers)
