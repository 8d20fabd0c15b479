"""Matters, payments and notices: what files them, shows them, and looks after them."""

from dataclasses import dataclass
from datetime import timedelta

from app.adapters import deadline
from app.adapters.fair_threads import FairThreads
from app.adapters.notices.smtp import SmtpMailer
from app.adapters.notices.webhook import PublicWebhooks
from app.adapters.threads import Rounds, Threads
from app.adapters.vault.matters import VaultMatterDesks, VaultMatterStores
from app.adapters.vault.webhook_secrets import VaultWebhookSecrets
from app.adapters.vault.worklist import VaultWorklist
from app.domain.notice import Channel
from app.domain.worklist import Kind
from app.observability import metrics
from app.observability.outcomes import observe_full, observe_outcome
from app.services.matters.amending import Amending
from app.services.matters.entering import Entering
from app.services.matters.filing import Filing
from app.services.matters.reading import Matters
from app.services.notices.delivery import Deliveries, Notice
from app.services.notices.dispatch import Dispatch
from app.services.notices.sending import EmailNotice, WebhookNotice
from app.services.payments.attempt import Billing
from app.services.payments.charging import Charging
from app.services.payments.confirming import Confirming
from app.services.payments.invoicing import Invoicing
from app.services.payments.memos import Memos, PutOffMemos
from app.services.payments.refused_keys import RefusedKeys
from app.services.payments.review import Invoices
from app.services.payments.rules import InvoiceRules
from app.services.upkeep import Upkeep
from app.settings import Settings
from app.wiring.outside import Outside

# Of a worker's threads one in so many may wait for another copy of an intake: always, and at most.
_SHARE_OF_COPIES, _LARGEST_SHARE_OF_COPIES = 16, 2
# Beside them, whatever their number: for Vault's writes, for memos, for webhooks and e-mails.
_THREADS_BESIDE = 8
_THREADS_FOR_MEMOS = 8
_THREADS_SENDING = 4
# Seconds after a request's deadline until a round looks after what the request has left.
_GRACE = 5.0


@dataclass(frozen=True, slots=True)
class Kept:
    """Matters and payments: what files them, shows them, and looks after them."""

    filing: Filing
    matters: Matters
    invoices: Invoices
    worklist: VaultWorklist
    refused: RefusedKeys
    webhook_secrets: VaultWebhookSecrets
    rounds: Rounds


def kept_matters(settings: Settings, outside: Outside) -> Kept:
    mount, namespace = settings.vault_kv_mount, settings.vault_namespace
    vault, gateways, resolution = outside.vault, outside.gateways, outside.resolution
    copies = max(1, settings.worker_threads // _SHARE_OF_COPIES)
    rules = InvoiceRules(
        settings.agent_deadline,
        settings.blawby_idempotent,
        waiting=copies,
        spare=max(0, settings.worker_threads // _LARGEST_SHARE_OF_COPIES - copies),
        has_threads_for=gateways.has_threads_for,
    )
    clock, beside = rules.clock, Threads("beside", _THREADS_BESIDE)
    sending = FairThreads("sending", _THREADS_SENDING)
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
    refused = RefusedKeys(resolution, resolution, gateways, worklist, beside, clock)
    charging = Charging(gateways, refused, billing, deadline, settings.agent_deadline)
    invoicing = Invoicing(charging, worklist, deadline, beside, rules, observe_outcome)
    entering = Entering(worklist, dispatch, beside)
    amending = Amending(worklist, dispatch, beside, clock, observe_full)

    work = {
        Kind.WEBHOOK: deliver,
        Kind.EMAIL: deliver,
        Kind.MEMO: put_off.leave,
        Kind.KEY: refused.try_again,
    }
    retention = timedelta(days=settings.matter_retention_days)
    upkeep = Upkeep(resolution, stores, worklist, sending, work, rules, retention)
    matters_service = Matters(outside.registries, desks, stores, worklist, beside, rules)
    confirming = Confirming(matters_service, stores, outside.source, gateways)
    return Kept(
        Filing(stores, invoicing, entering, amending, clock),
        matters_service,
        Invoices(matters_service, desks, confirming, worklist, beside, rules),
        worklist,
        refused,
        signing,
        Rounds(lambda: metrics.observe_backlog(upkeep.round()), float(settings.sweep_seconds)),
    )
