"""What is counted. No label holds a team: a metric must not tell who uses the service.

Under gunicorn each worker counts in a file of its own (prometheus_client's multiprocess mode, see
gunicorn.conf.py) and deploy/metrics.py serves their sum.
"""

from prometheus_client import Counter, Histogram

from app.domain.payment import Payment

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

requests = Counter(
    "team_secrets_requests",
    "Requests answered, by route and status.",
    ["method", "route", "status"],
)
request_seconds = Histogram(
    "team_secrets_request_seconds", "Seconds from request to answer.", ["route"], buckets=_SECONDS
)
resolutions = Counter(
    "team_secrets_resolutions",
    "How a team was resolved: hit, stale, miss, uncached; a miss without a load waited for one.",
    ["outcome"],
)
load_seconds = Histogram(
    "team_secrets_load_seconds", "Seconds to read a team and its key from Vault.", buckets=_SECONDS
)
generation_errors = Counter(
    "team_secrets_generation_errors",
    "Times the shared cache did not answer: Vault was asked, or news are delayed.",
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

key_recoveries = Counter("team_secrets_key_recoveries", "Keys that Blawby refused and takes again.")
_outcomes = {
    outcome: resolutions.labels(outcome) for outcome in ("hit", "stale", "miss", "uncached", "load")
} | {"key_rejected": key_rejections, "key_accepted": key_recoveries}


def count_resolution(outcome: str, seconds: float) -> None:
    """`Resolution`'s observer: on the path of every turn."""
    _outcomes[outcome].inc()
    if outcome == "load":
        load_seconds.observe(seconds)


def count_payment(payment: Payment) -> None:
    """`Payments`' observer."""
    payments.labels(payment.method, payment.reason or "").inc()
