"""What is counted of Vault, Blawby and the shared cache: calls, failures to connect, breakers.

Every label value exists from the start, so that a rate is right from the first event on. An expiry
is a Unix time; it is infinite while there is nothing that can expire.
"""

import math
import ssl
import time
from collections.abc import Iterable
from itertools import product
from pathlib import Path

from prometheus_client import Counter, Gauge, Histogram

from app.observability import tracing
from app.observability.metrics import SECONDS

VAULT_OPERATIONS = (
    *("kv_read", "kv_write", "kv_delete", "kv_list"),
    *("login", "token", "identity", "wrapping", "other"),
)
VAULT_OUTCOMES = ("ok", "absent", "rejected", "forbidden", "unavailable", "unconfirmed")
BLAWBY_OPERATIONS = (
    *("verify", "find_customer", "create_customer"),
    *("create_invoice", "read_invoice", "add_memo"),
)
BLAWBY_OUTCOMES = (
    *("ok", "absent", "rejected", "key_rejected"),
    *("rate_limited", "unavailable", "unknown", "held_back"),
)
UPSTREAMS = ("vault", "blawby", "cache", "llm")
CAUSES = (
    *("dns", "refused", "reset", "timeout"),
    *("tls_unknown_ca", "tls_expired", "tls_wrong_name", "tls_other", "other"),
)
BREAKERS = ("vault", "blawby", "cache", "rates", "llm")
# One for each team: their number is not bounded by us, so only their changes are counted.
TEAM_BREAKERS = "blawby_team"
_NOT_CALLED = ("held_back", "over_budget")
_NAMES = {"llm": "the language model"}
CERTIFICATES = ("vault_ca", "cache_ca", "vault_server", "blawby_server", "llm_server")


class Calls:
    """Calls of one upstream by operation and outcome."""

    def __init__(self, upstream: str, operations: Iterable[str], outcomes: Iterable[str]) -> None:
        named = _NAMES.get(upstream, upstream.title())
        count = Counter(
            f"team_secrets_{upstream}_calls",
            f"Calls of {named}, by operation and outcome.",
            ["operation", "outcome"],
        )
        seconds = Histogram(
            f"team_secrets_{upstream}_call_seconds",
            f"Seconds of calls of {named}, failed ones too; not of those held back.",
            ["operation"],
            buckets=SECONDS,
        )
        self._upstream, operations = upstream, tuple(operations)
        self._counts = {
            (operation, outcome): count.labels(operation, outcome)
            for operation, outcome in product(operations, outcomes)
        }
        self._seconds = {operation: seconds.labels(operation) for operation in operations}

    def observe(self, operation: str, outcome: str, began: float) -> None:
        """A call that `time.perf_counter()` saw begin at `began`, and that has ended now."""
        self._counts[operation, outcome].inc()
        if outcome not in _NOT_CALLED:
            seconds = time.perf_counter() - began
            self._seconds[operation].observe(seconds)
            tracing.call(self._upstream, operation, outcome, seconds)


vault_calls = Calls("vault", VAULT_OPERATIONS, VAULT_OUTCOMES)
blawby_calls = Calls("blawby", BLAWBY_OPERATIONS, BLAWBY_OUTCOMES)

connection_failures = Counter(
    "team_secrets_connection_failures",
    "Connections to Vault, Blawby, the shared cache and the language model that failed, by cause.",
    ["upstream", "cause"],
)
breaker_open = Gauge(
    "team_secrets_breaker_open",
    "Workers in which the breaker is open; it closes with the next call that succeeds.",
    ["breaker"],
    multiprocess_mode="livesum",
)
breaker_changes = Counter(
    "team_secrets_breaker_changes", "Changes of breakers.", ["breaker", "state"]
)
places = Gauge(
    "team_secrets_blawby_places",
    "Callers that hold a place at Blawby, and those that wait for one.",
    ["state"],
    multiprocess_mode="livesum",
)
places_allowed = Gauge(
    "team_secrets_blawby_places_allowed",
    "Places at Blawby, over all workers.",
    multiprocess_mode="livesum",
)
token_expiry = Gauge(
    "team_secrets_service_token_expiry_timestamp_seconds",
    "Unix time at which the service's token ends unless it is renewed; +Inf before the login.",
    multiprocess_mode="livemin",
)
certificate_expiry = Gauge(
    "team_secrets_certificate_expiry_timestamp_seconds",
    "Unix time at which a certificate ends: the first in a CA file, a server's as last seen.",
    ["certificate"],
    multiprocess_mode="livemin",
)
for _upstream, _cause in product(UPSTREAMS, CAUSES):
    connection_failures.labels(_upstream, _cause)
for _breaker, _state in product((*BREAKERS, TEAM_BREAKERS), ("open", "closed")):
    breaker_changes.labels(_breaker, _state)
for _breaker in BREAKERS:
    breaker_open.labels(_breaker)
places_in_use, places_waited_for = places.labels("in_use"), places.labels("waiting")


def _nothing_expires() -> None:
    """Also in gunicorn's master, whose numbers count like a worker's: its 0 would be the least."""
    token_expiry.set(math.inf)
    for certificate in CERTIFICATES:
        certificate_expiry.labels(certificate).set(math.inf)


_nothing_expires()


def begin(vault_cacert: str | None, cache_cacert: str | None) -> None:
    """Once in each worker: what can expire, as far as it is known before the first connection."""
    _nothing_expires()
    for certificate, file in (("vault_ca", vault_cacert), ("cache_ca", cache_cacert)):
        if file:
            certificate_expiry.labels(certificate).set(first_end(file))


def first_end(cacert: str) -> float:
    """Unix time at which the first certificate of a CA file (or directory) ends; infinite where
    there is none to be read."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        if Path(cacert).is_dir():
            for file in Path(cacert).glob("*.pem"):
                context.load_verify_locations(file)
        else:
            context.load_verify_locations(cacert)
    except (OSError, ValueError):
        return math.inf
    ends = [ssl.cert_time_to_seconds(str(it["notAfter"])) for it in context.get_ca_certs()]
    return min(ends, default=math.inf)


def saw_certificate(upstream: str, certificate: dict[str, object] | None) -> None:
    """A server's certificate, as `SSLSocket.getpeercert` has it after a handshake."""
    if certificate and (ends := certificate.get("notAfter")):
        moment = ssl.cert_time_to_seconds(str(ends))
        certificate_expiry.labels(f"{upstream}_server").set(moment)


def token_lives(seconds: float) -> None:
    """The service has a token for so long from now on."""
    token_expiry.set(time.time() + seconds)


def breaker_changed(breaker: str, *, is_open: bool) -> None:
    breaker_changes.labels(breaker, "open" if is_open else "closed").inc()
    if breaker in BREAKERS:
        breaker_open.labels(breaker).set(int(is_open))
