"""Two dashboards for Grafana: what each panel is called, asks and is measured in.

`RATE` stands for Grafana's range that fits the picture. A panel with several series names them by
labels, in braces.
"""

import json
from dataclasses import dataclass

RATE = "$__rate_interval"
_WIDTH, _HEIGHT, _ACROSS = 8, 7, 3


@dataclass(frozen=True, slots=True)
class Panel:
    """`unit` is Grafana's name of it: `reqps`, `s`, `percentunit`, `short`."""

    title: str
    query: str
    unit: str = "short"
    legend: str = ""


@dataclass(frozen=True, slots=True)
class Dashboard:
    name: str
    title: str
    panels: tuple[Panel, ...]


def _rate(metric: str, *by: str) -> str:
    return f"sum by ({', '.join(by)}) (rate({metric}[{RATE}]))"


def _within(metric: str, chosen: str = "") -> str:
    """Seconds within which 99 of 100 are done."""
    return f"histogram_quantile(0.99, {_rate(f'{metric}_bucket{chosen}', 'le')})"


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
            "Turns: 99 of 100 within",
            _within("team_secrets_request_seconds", '{route=~"/api/agent.*"}'),
            "s",
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
        Panel("Shared cache away", _rate("team_secrets_generation_errors_total"), "ops"),
        Panel(
            "Logins to Vault",
            _rate("team_secrets_vault_logins_total", "outcome"),
            "ops",
            "{{outcome}}",
        ),
        Panel("Vault nodes up", 'up{job="vault"}', "short", "{{instance}}"),
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
        Panel("Streams open", "sum(team_secrets_streams_open)"),
        Panel(
            "Versions that run",
            "count by (version, python) (team_secrets_build_info)",
            "short",
            "{{version}} on {{python}}",
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

DASHBOARDS = (SERVICE, MONEY)


def dashboard_file(dashboard: Dashboard) -> str:
    """As Grafana 10 and later import it."""
    panels = [_panel(number, each) for number, each in enumerate(dashboard.panels)]
    picture = {
        "uid": f"team-secrets-{dashboard.name}",
        "title": dashboard.title,
        "schemaVersion": 39,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {
            "list": [{"name": "source", "type": "datasource", "query": "prometheus"}],
        },
        "panels": panels,
    }
    return json.dumps(picture, indent=1) + "\n"


def _panel(number: int, panel: Panel) -> dict[str, object]:
    down, across = divmod(number, _ACROSS)
    return {
        "id": number + 1,
        "title": panel.title,
        "type": "timeseries",
        "datasource": {"type": "prometheus", "uid": "${source}"},
        "gridPos": {"x": across * _WIDTH, "y": down * _HEIGHT, "w": _WIDTH, "h": _HEIGHT},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": [
            {"refId": "A", "expr": panel.query, "legendFormat": panel.legend or panel.title}
        ],
    }
