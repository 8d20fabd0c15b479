"""What is counted. No label holds a team: a metric must not tell who uses the service.

Under gunicorn each worker counts in files of its own, and a process of its own serves their sum
(serving/metric_files.py, serving/exposition.py). A gauge needs a `multiprocess_mode` that says how
the workers' values become one.
"""

import platform

from prometheus_client import Counter, Gauge, Histogram

from app.domain.notice import Channel
from app.domain.payment import Method, Outcome, Reason
from app.domain.worklist import Backlog

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
ANSWERED = ("answered", "degraded")
TURN_OUTCOMES = (*ANSWERED, "refused", "failed")
_FROM_TWO_MILLISECONDS = (0.002, *SECONDS[2:-1])

requests = Counter(
    "team_secrets_requests",
    "Requests answered, by route and status.",
    ["method", "route", "status"],
)
request_seconds = Histogram(
    "team_secrets_request_seconds", "Seconds from request to answer.", ["route"], buckets=SECONDS
)
resolutions = Counter(
    "team_secrets_resolutions",
    "How a team was resolved: hit, stale, miss, uncached; a miss without a load waited for one.",
    ["outcome"],
)
load_seconds = Histogram(
    "team_secrets_load_seconds", "Seconds to read a team and its key from Vault.", buckets=SECONDS
)
generation_errors = Counter(
    "team_secrets_generation_errors",
    "Times the shared cache did not answer: Vault was asked, or news are delayed.",
)
shared_memory_errors = Counter(
    "team_secrets_shared_memory_errors",
    "Times that a file which the workers of a machine share could not be mapped (a full disk).",
)
vault_logins = Counter("team_secrets_vault_logins", "The service's logins at Vault.", ["outcome"])
token_mints = Counter("team_secrets_token_mints", "Tokens minted for teams' agents.")
key_rejections = Counter(
    "team_secrets_key_rejections", "Keys that Blawby newly refused, by each worker."
)
wrapping_refusals = Counter(
    "team_secrets_wrapping_refusals",
    "Wrapping tokens refused: used, expired or foreign. One that was stolen shows here.",
)
payments = Counter("team_secrets_payments", "Payments of finished intakes.", ["method", "reason"])
invoices_unknown = Counter(
    "team_secrets_invoices_unknown",
    "Invoices whose outcome nobody knows: an operator has to look them up and resolve them.",
)

build_info = Gauge(
    "team_secrets_build_info",
    "1, with the version of the service and of Python that runs it.",
    ["version", "python"],
    multiprocess_mode="livemax",
)
invoices_unknown_open = Gauge(
    "team_secrets_invoices_unknown_open",
    "Invoices whose outcome nobody knows now, over all teams.",
    multiprocess_mode="mostrecent",
)
matters_unopened = Gauge(
    "team_secrets_matters_unopened",
    "Matters that no member has opened, and no webhook has taken, for a day.",
    multiprocess_mode="mostrecent",
)
notices_failing = Gauge(
    "team_secrets_notices_failing",
    "Webhooks, e-mails and memos that have not got through for 15 minutes.",
    multiprocess_mode="mostrecent",
)
keys_refused = Gauge(
    "team_secrets_keys_refused",
    "Keys that Blawby refuses now, over all teams.",
    multiprocess_mode="mostrecent",
)
notices = Counter(
    "team_secrets_notices", "Matters told to teams, by channel and outcome.", ["channel", "outcome"]
)
for _channel in Channel:
    for _outcome in ("delivered", "failed"):
        notices.labels(_channel.value, _outcome)
turns = Counter(
    "team_secrets_turns",
    "Turns of the agent, by kind (one that ended before it was read is talk) and outcome: refused "
    "is the client's doing (4xx), failed is ours (5xx).",
    ["kind", "outcome"],
)
turn_seconds = Histogram(
    "team_secrets_turn_seconds",
    "Seconds of turns that were answered, also from remembered values.",
    ["kind"],
    buckets=(*_FROM_TWO_MILLISECONDS, 10.0, 20.0),
)
engine_info = Gauge(
    "team_secrets_engine_info",
    "1, with the engine that reads conversations.",
    ["engine"],
    multiprocess_mode="livemax",
)
streams = Gauge(
    "team_secrets_streams_open", "Streamed answers that are open.", multiprocess_mode="livesum"
)
matters_full = Counter(
    "team_secrets_matters_full", "Turns in which a full record did not take what the client told."
)
key_recoveries = Counter("team_secrets_key_recoveries", "Keys that Blawby refused and takes again.")

for _outcome in ("ok", "refused", "locked"):
    vault_logins.labels(_outcome)
for _method, _reasons in (
    (Method.BLAWBY_API, ("",)),
    (Method.STATIC_LINK, ("",)),
    (Method.PENDING, ("", Reason.OUTCOME_UNKNOWN)),
    (Method.FALLBACK_LINK, tuple(Reason)),
    (Method.UNAVAILABLE, tuple(Reason)),
    (Method.NONE, ("",)),
):
    for _reason in _reasons:
        payments.labels(_method, _reason)
_turns = {
    kind: (
        {outcome: turns.labels(kind, outcome) for outcome in TURN_OUTCOMES},
        turn_seconds.labels(kind),
    )
    for kind in ("talk", "intake_finished")
}
_outcomes = {
    outcome: resolutions.labels(outcome) for outcome in ("hit", "stale", "miss", "uncached", "load")
} | {"key_rejected": key_rejections, "key_accepted": key_recoveries}


def tell_build(version: str, engine: str) -> None:
    """Once in each worker."""
    build_info.labels(version, platform.python_version()).set(1)
    engine_info.labels(engine).set(1)


def count_resolution(outcome: str, seconds: float) -> None:
    """`Resolution`'s observer: on the path of every turn."""
    _outcomes[outcome].inc()
    if outcome == "load":
        load_seconds.observe(seconds)


def count_turn(kind: str, outcome: str, seconds: float) -> None:
    """`Agent`'s observer."""
    counts, duration = _turns[kind]
    counts[outcome].inc()
    if outcome in ANSWERED:
        duration.observe(seconds)


def count_streams(change: int) -> None:
    """`Streams`' observer: +1 for each that opens, -1 for each that ends."""
    streams.inc(change)


def count_outcome(outcome: Outcome) -> None:
    payment = outcome.payment
    payments.labels(payment.method, payment.reason or "").inc()
    if payment.method is Method.PENDING:
        invoices_unknown.inc()


def count_notice(channel: Channel, outcome: str) -> None:
    notices.labels(channel.value, outcome).inc()


def observe_backlog(backlog: Backlog) -> None:
    """The newest look counts, whichever worker took it."""
    invoices_unknown_open.set(backlog.unknown_invoices)
    matters_unopened.set(backlog.unopened_matters)
    notices_failing.set(backlog.failing_notices)
    keys_refused.set(backlog.refused_keys)
