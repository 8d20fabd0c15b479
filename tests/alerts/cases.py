"""When each alert fires and when it stays silent: the series that Prometheus saw, minute by minute.

Series are in promtool's notation: `0x5 1x10` is five more zeros, then ten more ones, and `0+2x10`
grows by two.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Case:
    """`says` is the summary of the one alert that fires at the minute `at`; empty: none does."""

    alert: str
    series: dict[str, str]
    at: str
    says: str = ""
    labels: dict[str, str] = field(default_factory=dict)


def _vault(metric: str, nodes: str = "123") -> list[str]:
    return [f'{metric}{{job="vault",instance="vault-{node}"}}' for node in nodes]


def _nodes(metric: str, *values: str) -> dict[str, str]:
    return dict(zip(_vault(metric), values, strict=False))


def _terms(values: str, leader: int, cluster: str = "c") -> dict[str, str]:
    labels = f'peer_id="{leader}",cluster="{cluster}"'
    return {
        f'vault_raft_storage_stats_term{{instance="vault-{node}",{labels}}}': values
        for node in (1, 2, 3)
    }


def _login(outcome: str) -> str:
    return f'team_secrets_vault_logins_total{{outcome="{outcome}"}}'


def _paid(method: str, reason: str) -> str:
    return f'team_secrets_payments_total{{method="{method}",reason="{reason}"}}'


def _asked(route: str, status: str) -> str:
    return f'team_secrets_requests_total{{route="{route}",status="{status}"}}'


def _turns(kind: str, outcome: str) -> str:
    return f'team_secrets_turns_total{{kind="{kind}",outcome="{outcome}"}}'


_TURN, _SECRET = "/api/agent", "/api/team-secrets/<team_id>"
_INVOICED = _paid("blawby_api", "")
_NODE = {"job": "vault", "instance": "vault-3"}
_APP = 'up{job="team-secrets",instance="app-1"}'
_BUILD = 'team_secrets_build_info{instance="app-%s",version="%s"}'


def _latency(route: str, le: str, quick: str, count: str) -> dict[str, str]:
    return {
        f'team_secrets_request_seconds_bucket{{route="{route}",le="{le}"}}': quick,
        f'team_secrets_request_seconds_count{{route="{route}"}}': count,
    }


_AUDIT = {"mountpoint": "/volumes/vault-audit"}
_FULL = "/volumes/vault-audit is nearly full, or will be within four hours"


def _disk(free: str) -> dict[str, str]:
    """A file system of 100 bytes."""
    labels = '{job="disks",mountpoint="/volumes/vault-audit"}'
    return {
        f"node_filesystem_avail_bytes{labels}": free,
        f"node_filesystem_size_bytes{labels}": "100x120",
    }


_TALKED, _NOT_TALKED = _turns("talk", "answered"), _turns("talk", "failed")
_FINISHED = _turns("intake_finished", "answered")
_NOT_FINISHED = _turns("intake_finished", "failed")


def _turn_latency(kind: str, le: str, quick: str, count: str) -> dict[str, str]:
    return {
        f'team_secrets_turn_seconds_bucket{{kind="{kind}",le="{le}"}}': quick,
        f'team_secrets_turn_seconds_count{{kind="{kind}"}}': count,
    }


OBJECTIVES = [
    # Two failures in a hundred for an hour is twenty times what the month allows.
    Case(
        "ObjectiveBurnsFast",
        {_TALKED: "0+98x120", _NOT_TALKED: "0+2x120"},
        "2h",
        "talk answered: 2% fail, and the month's budget is soon gone",
        {"objective": "talk answered"},
    ),
    Case(
        "ObjectiveBurnsFast",
        _turn_latency("talk", "0.5", "0+80x120", "0+100x120"),
        "2h",
        "talk within 0.5 s: 20% fail, and the month's budget is soon gone",
        {"objective": "talk within 0.5 s"},
    ),
    Case(
        "ObjectiveBurnsFast",
        {_INVOICED: "0+8x120", _paid("pending", "outcome_unknown"): "0+2x120"},
        "2h",
        "intakes billed: 20% fail, and the month's budget is soon gone",
        {"objective": "intakes billed"},
    ),
    Case(
        "ObjectiveBurnsFast",
        {_asked(_SECRET, "200"): "0+98x120", _asked(_SECRET, "503"): "0+2x120"},
        "2h",
        "secrets API answered: 2% fail, and the month's budget is soon gone",
        {"objective": "secrets API answered"},
    ),
    Case(
        "ObjectiveBurnsFast",
        _latency(_SECRET, "1.0", "0+80x120", "0+100x120"),
        "2h",
        "secrets API within 1 s: 20% fail, and the month's budget is soon gone",
        {"objective": "secrets API within 1 s"},
    ),
    # Six times the budget over six hours is too slow for the first pair of windows.
    Case(
        "ObjectiveBurnsFast",
        {_TALKED: "0+992x600", _NOT_TALKED: "0+8x600"},
        "10h",
        "talk answered: 0.8% fail, and the month's budget is soon gone",
        {"objective": "talk answered"},
    ),
    # It is over: the last hour was bad, the last minutes were not.
    Case(
        "ObjectiveBurnsFast",
        {_TALKED: "0+98x150", _NOT_TALKED: "0+2x110 220x40"},
        "2h30m",
    ),
    # A quiet night: half of all turns failed, and there were two.
    Case(
        "ObjectiveBurnsFast",
        {_TALKED: "0x100 1x20", _NOT_TALKED: "0x117 1x3"},
        "2h",
    ),
    Case(
        "ObjectiveBurnsFast",
        {_FINISHED: "0+98x120", _NOT_FINISHED: "0+2x120"},
        "2h",
        "intakes answered: 2% fail, and the month's budget is soon gone",
        {"objective": "intakes answered"},
    ),
    Case(
        "ObjectiveBurnsFast",
        _turn_latency("intake_finished", "5.0", "0+10x120", "0+100x120"),
        "2h",
        "intakes within 5 s: 90% fail, and the month's budget is soon gone",
        {"objective": "intakes within 5 s"},
    ),
    # What the client did is no failure of ours, nor is a team's own choice.
    Case("ObjectiveBurnsFast", {_TALKED: "0+8x120", _turns("talk", "refused"): "0+8x120"}, "2h"),
    Case("ObjectiveBurnsFast", {_paid("fallback_link", "no_key"): "0+2x120"}, "2h"),
    Case(
        "ObjectiveBurnsSlowly",
        {_TALKED: "0+9960x2000", _NOT_TALKED: "0+40x2000"},
        "33h",
        "talk answered: 0.4% fail, more than the objective allows",
        {"objective": "talk answered"},
    ),
    Case(
        "ObjectiveBurnsSlowly",
        {_TALKED: "0+9995x2000", _NOT_TALKED: "0+5x2000"},
        "33h",
    ),
]

VAULT = [
    Case(
        "VaultAway",
        _nodes("up", "0x5", "1x2 0x5", "0x8"),
        "5m",
        "No Vault node answers: sealed, without a leader, or down",
    ),
    Case("VaultAway", _nodes("up", "1x9", "0x9", "0x9"), "8m"),
    Case("VaultAway", _nodes("up", "1x9 0x1 1x9"), "10m"),
    Case(
        "VaultNodeAway",
        _nodes("up", "1x9", "1x9", "0x9"),
        "8m",
        "The Vault node vault-3 is away; the others serve",
        _NODE,
    ),
    Case("VaultNodeAway", _nodes("up", "0x9", "0x9", "0x9"), "8m"),
    Case("VaultNodeAway", _nodes("up", "1x9", "1x9", "1x3 0x2 1x9"), "8m"),
    Case(
        "VaultWithoutSpare",
        _nodes("vault_raft_peers", "3x9") | _nodes("vault_autopilot_failure_tolerance", "1x2 0x9"),
        "8m",
        "Vault serves, but the loss of one more node ends it",
    ),
    Case(
        "VaultWithoutSpare",
        _nodes("vault_raft_peers", "3x9") | _nodes("vault_autopilot_failure_tolerance", "1x9"),
        "8m",
    ),
    # One node alone never has a spare one, and its operator knows.
    Case(
        "VaultWithoutSpare",
        _nodes("vault_raft_peers", "1x9") | _nodes("vault_autopilot_failure_tolerance", "0x9"),
        "8m",
    ),
    # The leader is another one each time, and all nodes show its numbers.
    Case(
        "VaultChangesLeader",
        _terms("4x5 _x40", 1) | _terms("_x5 5x5 _x5 7x20", 2) | _terms("_x10 6x5 _x40", 3),
        "30m",
        "Vault elected a leader 3 times in half an hour",
    ),
    Case("VaultChangesLeader", _terms("4x5 _x40", 1) | _terms("_x5 5x40", 2), "30m"),
    # What a leader showed in a former term.
    Case("VaultChangesLeader", _terms("4x60", 1, cluster="") | _terms("7x60", 1), "60m"),
    # As many, but not within half an hour.
    Case("VaultChangesLeader", _terms("4x20 5x40 6x40 7x40", 1), "120m"),
    Case(
        "VaultSlow",
        _nodes("vault_core_handle_request_sum", "0+40000x20")
        | _nodes("vault_core_handle_request_count", "0+100x20"),
        "15m",
        "A request takes Vault 400 ms on average",
    ),
    Case(
        "VaultSlow",
        _nodes("vault_core_handle_request_sum", "0+400x20")
        | _nodes("vault_core_handle_request_count", "0+100x20"),
        "15m",
    ),
    Case(
        "VaultAuditFails",
        _nodes("vault_audit_log_request_failure", "0x5 1+1x5"),
        "9m",
        "Vault cannot write its audit log, and refuses what it cannot write down",
    ),
    Case(
        "VaultAuditFails",
        _nodes("vault_audit_log_response_failure", "0x5 1+1x5"),
        "9m",
        "Vault cannot write its audit log, and refuses what it cannot write down",
    ),
    Case("VaultAuditFails", _nodes("vault_audit_log_request_failure", "7x9"), "9m"),
    Case("DiskFills", _disk("11x5 9x10"), "15m", _FULL, _AUDIT),
    Case("DiskFills", _disk("11x15"), "15m"),
    # It was full for a moment, and somebody made room.
    Case("DiskFills", _disk("9x9 11x6"), "15m"),
    # A fifth of the disk in an hour leaves nothing of the other fifth after another one.
    Case("DiskFills", _disk("40-0.333x60"), "1h", _FULL, _AUDIT),
    # As quick, and far from full: it is not known yet whether that goes on.
    Case("DiskFills", _disk("100-0.333x60"), "1h"),
    Case("DiskFills", _disk("40-0.1x60"), "1h"),
]

MONEY = [
    Case(
        "UnknownInvoicesOpen",
        {"team_secrets_invoices_unknown_open": "0x5 2x20"},
        "22m",
        "2 invoices are unknown for 15 minutes: Blawby may have made them",
    ),
    Case("UnknownInvoicesOpen", {"team_secrets_invoices_unknown_open": "0x5 2x10 0x9"}, "22m"),
    Case(
        "KeyRefused",
        {"team_secrets_key_rejections_total": "0x5 1x20"},
        "22m",
        "Blawby newly refuses the key of a team; its clients get the fallback link",
    ),
    Case("KeyRefused", {"team_secrets_key_rejections_total": "4x90"}, "80m"),
    Case(
        "FallbackRate",
        {_INVOICED: "0+5x30", _paid("fallback_link", "blawby_unavailable"): "0+1x30"},
        "25m",
        "Clients get the fallback link instead of an invoice: blawby_unavailable",
        {"reason": "blawby_unavailable"},
    ),
    Case(
        "FallbackRate",
        {_INVOICED: "0+50x30", _paid("fallback_link", "blawby_unavailable"): "0+1x30"},
        "25m",
    ),
    Case("FallbackRate", {_paid("fallback_link", "no_key"): "0+5x30"}, "25m"),
    # One of two is no rate.
    Case(
        "FallbackRate",
        {_INVOICED: "0x9 1x30", _paid("fallback_link", "blawby_unavailable"): "0x20 1x9"},
        "25m",
    ),
    Case(
        "MattersUnopened",
        {"team_secrets_matters_unopened": "1x90"},
        "70m",
        "1 matters were not opened by their firm for a day",
    ),
    Case("MattersUnopened", {"team_secrets_matters_unopened": "1x30 0x60"}, "70m"),
    Case(
        "NoticesFailing",
        {"team_secrets_notices_failing": "0x5 3x30"},
        "25m",
        "3 webhooks, e-mails or memos do not get through",
    ),
    Case("NoticesFailing", {"team_secrets_notices_failing": "0x5 3x5 0x30"}, "25m"),
]

SERVICE = [
    Case(
        "ServiceLoginRefused",
        {_login("refused"): "0x5 1x9", _login("ok"): "3x15"},
        "8m",
        "Vault refuses the service's login: workers that start now serve nobody",
    ),
    Case("ServiceLoginRefused", {_login("refused"): "2x30", _login("ok"): "0+1x30"}, "20m"),
    Case(
        "WrappingTokenRefused",
        {"team_secrets_wrapping_refusals_total": "0x5 1x9"},
        "8m",
        "A wrapping token was used, expired or foreign: it may have been stolen",
    ),
    Case("WrappingTokenRefused", {"team_secrets_wrapping_refusals_total": "1x90"}, "80m"),
    Case(
        "SharedCacheAway",
        {"team_secrets_generation_errors_total": "0x5 1+5x15"},
        "15m",
        "The shared cache does not answer: every turn asks Vault, and new keys are delayed",
    ),
    Case("SharedCacheAway", {"team_secrets_generation_errors_total": "0x5 1x15"}, "15m"),
    Case(
        "ServedFromMemory",
        {'team_secrets_resolutions_total{outcome="stale"}': "0x5 1+5x15"},
        "15m",
        "Expired settings are served, because Vault cannot be read; they last 15 minutes",
    ),
    Case("ServedFromMemory", {'team_secrets_resolutions_total{outcome="stale"}': "5x20"}, "15m"),
    Case(
        "SharedMemoryFails",
        {"team_secrets_shared_memory_errors_total": "0x5 1x9"},
        "8m",
        "A file that workers share could not be mapped: /tmp or CACHE_DIR is full",
    ),
    Case("SharedMemoryFails", {"team_secrets_shared_memory_errors_total": "1x20"}, "18m"),
    Case(
        "RefusalsSpike",
        {_asked(_SECRET, "403"): "0+1x60 60+60x20"},
        "75m",
        "1 requests a second are refused by Vault's policies",
    ),
    # As many as every day.
    Case("RefusalsSpike", {_asked(_SECRET, "403"): "0+60x1600"}, "1600m"),
    Case("RefusalsSpike", {_asked(_SECRET, "403"): "0x60 0+6x20"}, "75m"),
    Case(
        "RateLimitedMuch",
        {_asked(_TURN, "429"): "0+60x30", _asked(_TURN, "200"): "0+60x30"},
        "25m",
        "A fifth of all requests is over a limit: a flood, or clients that share an address",
    ),
    Case(
        "RateLimitedMuch",
        {_asked(_TURN, "429"): "0+6x30", _asked(_TURN, "200"): "0+600x30"},
        "25m",
    ),
    Case(
        "InternalErrors",
        {_asked(_TURN, "500"): "0x5 1x9"},
        "8m",
        "A defect of ours answers 500 at /api/agent",
        {"route": "/api/agent"},
    ),
    # The very first one, of a route that never failed before.
    Case(
        "InternalErrors",
        {_asked(_TURN, "500"): "_x5 1x9"},
        "8m",
        "A defect of ours answers 500 at /api/agent",
        {"route": "/api/agent"},
    ),
    Case("InternalErrors", {_asked(_TURN, "500"): "1x40", _asked(_TURN, "503"): "0+1x40"}, "35m"),
    Case(
        "InstanceAway",
        {_APP: "1x5 0x9"},
        "10m",
        "The app app-1 cannot be scraped: down, or blind",
        {"job": "team-secrets", "instance": "app-1"},
    ),
    Case("InstanceAway", {_APP: "1x5 0x1 1x9"}, "10m"),
    Case(
        "MetricsMissing",
        {_APP: "1x9", _BUILD % (1, "0.1.0"): "1x9"},
        "8m",
        "Metrics of vault are missing: other alerts cannot fire",
        {"job": "vault"},
    ),
    Case(
        "MetricsMissing",
        _nodes("up", "1x9") | {_APP: "1x9"},
        "8m",
        "Metrics of team-secrets are missing: other alerts cannot fire",
        {"job": "team-secrets", "instance": "app-1"},
    ),
    Case(
        "MetricsMissing",
        _nodes("up", "1x9") | {_APP: "1x9", _BUILD % (1, "0.1.0"): "1x9"},
        "8m",
    ),
    Case(
        "VersionSkew",
        {_BUILD % (1, "0.1.0"): "1x60", _BUILD % (2, "0.1.1"): "1x60"},
        "40m",
        "2 versions of the service run side by side",
    ),
    Case("VersionSkew", {_BUILD % (1, "0.1.0"): "1x60", _BUILD % (2, "0.1.0"): "1x60"}, "40m"),
    # A rolling upgrade.
    Case(
        "VersionSkew",
        {_BUILD % (1, "0.1.0"): "1x9 _x60", _BUILD % (2, "0.1.1"): "_x5 1x60"},
        "40m",
    ),
    Case(
        "Watchdog",
        {'up{job="prometheus",instance="p"}': "1x9"},
        "5m",
        "Prometheus works and can send alerts",
        {"job": "prometheus", "instance": "p"},
    ),
    Case("Watchdog", {'up{job="prometheus",instance="p"}': "0x9"}, "5m"),
    Case(
        "AlertsNotDelivered",
        {"prometheus_notifications_alertmanagers_discovered": "0x20"},
        "10m",
        "Prometheus cannot hand its alerts to Alertmanager",
    ),
    Case(
        "AlertsNotDelivered",
        {
            "prometheus_notifications_alertmanagers_discovered": "1x20",
            'prometheus_notifications_errors_total{alertmanager="a"}': "0+1x20",
        },
        "10m",
        "Prometheus cannot hand its alerts to Alertmanager",
    ),
    Case(
        "AlertsNotDelivered",
        {
            "prometheus_notifications_alertmanagers_discovered": "1x20",
            'prometheus_notifications_errors_total{alertmanager="a"}': "3x20",
        },
        "10m",
    ),
]

_EXPIRY = "team_secrets_certificate_expiry_timestamp_seconds"
_TLS_FAILS = 'team_secrets_connection_failures_total{upstream="vault",cause="%s"}'
_PLACES, _ALLOWED = "team_secrets_blawby_places", "team_secrets_blawby_places_allowed"

# Promtool's time begins with 0.
SIGNALS = [
    Case(
        "ServiceLoginLocked",
        {_login("locked"): "0x5 1x9"},
        "8m",
        "Vault has locked the service's login",
    ),
    Case("ServiceLoginLocked", {_login("locked"): "1x30"}, "25m"),
    Case(
        "BreakerOpen",
        {'team_secrets_breaker_open{breaker="blawby"}': "0x5 2x9"},
        "10m",
        "Workers have stopped to ask blawby for a while, because it keeps failing",
        {"breaker": "blawby"},
    ),
    Case("BreakerOpen", {'team_secrets_breaker_open{breaker="blawby"}': "0x5 2x1 0x9"}, "10m"),
    Case(
        "PlacesExhausted",
        {f'{_PLACES}{{state="waiting"}}': "9x20", _ALLOWED: "96x20"},
        "10m",
        "9 intakes wait for a place at Blawby",
    ),
    Case(
        "PlacesExhausted", {f'{_PLACES}{{state="waiting"}}': "9x2 0x20", _ALLOWED: "96x20"}, "10m"
    ),
    Case(
        "ThreadsExhausted",
        {"team_secrets_threads_busy": "128x20", "team_secrets_threads_allowed": "128x20"},
        "10m",
        "100% of the threads are busy: requests wait",
    ),
    Case(
        "ThreadsExhausted",
        {"team_secrets_threads_busy": "64x20", "team_secrets_threads_allowed": "128x20"},
        "10m",
    ),
    Case(
        "WorkersCrash",
        {"team_secrets_workers_lost_total": "0+1x20"},
        "15m",
        "10 workers ended unasked in ten minutes",
    ),
    Case("WorkersCrash", {"team_secrets_workers_lost_total": "0x5 1x20"}, "15m"),
    Case(
        "CertificateEnds",
        {f'{_EXPIRY}{{certificate="vault_server"}}': "864000x90"},
        "70m",
        "The certificate vault_server ends in 9d 22h 50m 0s",
        {"certificate": "vault_server"},
    ),
    Case("CertificateEnds", {f'{_EXPIRY}{{certificate="vault_server"}}': "8640000x90"}, "70m"),
    # Not in use.
    Case("CertificateEnds", {f'{_EXPIRY}{{certificate="cache_ca"}}': "+Inf " * 71}, "70m"),
    Case(
        "UpstreamUnsafe",
        {_TLS_FAILS % "tls_expired": "0x5 3x9"},
        "8m",
        "TLS to vault fails: tls_expired",
        {"upstream": "vault", "cause": "tls_expired"},
    ),
    Case(
        "UpstreamUnsafe",
        {_TLS_FAILS % "reset": "0+3x9"},
        "8m",
    ),
]

CASES = [*OBJECTIVES, *VAULT, *MONEY, *SERVICE, *SIGNALS]
