"""Three dashboards for Grafana: what each panel is called, asks and is measured in.

`RATE` stands for Grafana's range that fits the picture. A panel with several series names them by
labels, in braces.
"""

from deploy.monitoring.grafana import Dashboard, Panel

RATE = "$__rate_interval"


def _rate(metric: str, *by: str) -> str:
    return f"sum by ({', '.join(by)}) (rate({metric}[{RATE}]))"


def _within(metric: str, *by: str) -> str:
    """Seconds within which 99 of 100 are done."""
    return f"histogram_quantile(0.99, {_rate(f'{metric}_bucket', 'le', *by)})"


SERVICE = Dashboard(
    "service",
    "Team Secrets: the service",
    (
        Panel("Alerts that fire", 'ALERTS{alertstate="firing"}', "short", "{{alertname}}"),
        Panel("Failures, of an hour", "objective:error_ratio:1h", "percentunit", "{{objective}}"),
        Panel(
            "Budget burnt, in months a month",
            "objective:error_ratio:1h / on(objective) objective:budget",
            "short",
            "{{objective}}",
        ),
        Panel("Answers", _rate("team_secrets_requests_total", "status"), "reqps", "{{status}}"),
        Panel(
            "Turns",
            _rate("team_secrets_turns_total", "kind", "outcome"),
            "reqps",
            "{{kind}} {{outcome}}",
        ),
        Panel(
            "Turns: 99 of 100 within", _within("team_secrets_turn_seconds", "kind"), "s", "{{kind}}"
        ),
        Panel(
            "Threads busy",
            "sum(team_secrets_threads_busy) / sum(team_secrets_threads_allowed)",
            "percentunit",
        ),
        Panel(
            "Requests by route",
            _rate("team_secrets_requests_total", "route"),
            "reqps",
            "{{route}}",
        ),
        Panel(
            "Teams resolved",
            _rate("team_secrets_resolutions_total", "outcome"),
            "ops",
            "{{outcome}}",
        ),
        Panel("Reads of a team: 99 of 100 within", _within("team_secrets_load_seconds"), "s"),
        Panel("Streams open", "sum(team_secrets_streams_open)"),
        Panel(
            "Versions that run",
            "count by (version, python) (team_secrets_build_info)",
            "short",
            "{{version}} on {{python}}",
        ),
    ),
)

UPSTREAMS = Dashboard(
    "upstreams",
    "Team Secrets: Vault, Blawby, the cache, the disks",
    (
        Panel("Vault nodes up", 'up{job="vault"}', "short", "{{instance}}"),
        Panel(
            "Calls of Vault",
            _rate("team_secrets_vault_calls_total", "outcome"),
            "ops",
            "{{outcome}}",
        ),
        Panel(
            "Calls of Vault: 99 of 100 within",
            _within("team_secrets_vault_call_seconds", "operation"),
            "s",
            "{{operation}}",
        ),
        Panel(
            "Vault: milliseconds a request",
            f"rate(vault_core_handle_request_sum[{RATE}])"
            f" / rate(vault_core_handle_request_count[{RATE}])",
            "ms",
            "{{instance}}",
        ),
        Panel(
            "Vault: requests at a time", "vault_core_in_flight_requests", "short", "{{instance}}"
        ),
        Panel(
            "Vault: audit log fails",
            f"rate(vault_audit_log_request_failure[{RATE}])",
            "ops",
            "{{instance}}",
        ),
        Panel(
            "Calls of Blawby",
            _rate("team_secrets_blawby_calls_total", "outcome"),
            "ops",
            "{{outcome}}",
        ),
        Panel(
            "Calls of Blawby: 99 of 100 within",
            _within("team_secrets_blawby_call_seconds", "operation"),
            "s",
            "{{operation}}",
        ),
        Panel(
            "Places at Blawby",
            "sum by (state) (team_secrets_blawby_places)",
            "short",
            "{{state}}",
        ),
        Panel(
            "Connections that failed",
            _rate("team_secrets_connection_failures_total", "upstream", "cause"),
            "ops",
            "{{upstream}}: {{cause}}",
        ),
        Panel(
            "Breakers open",
            "sum by (breaker) (team_secrets_breaker_open)",
            "short",
            "{{breaker}}",
        ),
        Panel("Shared cache away", _rate("team_secrets_generation_errors_total"), "ops"),
        Panel(
            "Logins to Vault",
            _rate("team_secrets_vault_logins_total", "outcome"),
            "ops",
            "{{outcome}}",
        ),
        Panel(
            "The service's token ends in",
            "min(team_secrets_service_token_expiry_timestamp_seconds) - time()",
            "s",
        ),
        Panel(
            "Certificates end in",
            "min by (certificate) (team_secrets_certificate_expiry_timestamp_seconds) - time()",
            "s",
            "{{certificate}}",
        ),
        Panel(
            "Volumes: free",
            'node_filesystem_avail_bytes{job="disks"} / node_filesystem_size_bytes{job="disks"}',
            "percentunit",
            "{{mountpoint}}",
        ),
    ),
)

MONEY = Dashboard(
    "money",
    "Team Secrets: money",
    (
        Panel("Unknown invoices", "max(team_secrets_invoices_unknown_open)"),
        Panel("Matters unopened for a day", "max(team_secrets_matters_unopened)"),
        Panel("Notices that fail", "max(team_secrets_notices_failing)"),
        Panel(
            "Finished intakes by payment",
            _rate("team_secrets_payments_total", "method"),
            "ops",
            "{{method}}",
        ),
        Panel(
            "Fallbacks by reason",
            _rate('team_secrets_payments_total{method="fallback_link"}', "reason"),
            "ops",
            "{{reason}}",
        ),
        Panel("Invoices that became unknown", _rate("team_secrets_invoices_unknown_total"), "ops"),
        Panel("Keys newly refused", _rate("team_secrets_key_rejections_total"), "ops"),
        Panel("Keys taken again", _rate("team_secrets_key_recoveries_total"), "ops"),
        Panel(
            "Notices",
            _rate("team_secrets_notices_total", "channel", "outcome"),
            "ops",
            "{{channel}} {{outcome}}",
        ),
    ),
)

DASHBOARDS = (SERVICE, UPSTREAMS, MONEY)
