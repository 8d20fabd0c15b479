"""What a payment came to: one line and one count, with nothing of the client in it."""

import json
import logging

import pytest
from prometheus_client import REGISTRY

from app.domain.ids import TeamId
from app.domain.notice import Channel
from app.domain.payment import Method, Outcome, Payment, Reason
from app.domain.worklist import Backlog
from app.observability import metrics
from app.observability.logs import JsonLines
from app.observability.outcomes import observe_outcome

TEAM = TeamId("01jq70jnstyfzevc6423czh50e")
LINK = "https://app.blawby.com/invoice/7/pay"


def sample(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_an_outcome_is_one_line_without_the_link(caplog: pytest.LogCaptureFixture) -> None:
    payment = Payment(Method.BLAWBY_API, None, LINK, "7", "75.00")
    before = sample("team_secrets_payments_total", method="blawby_api", reason="")
    with caplog.at_level(logging.INFO):
        observe_outcome(Outcome(TEAM, "1" * 32, payment, 3, "created", {"invoice": 12.5}))
    (record,) = caplog.records
    line = json.loads(JsonLines().format(record))
    told = {name: line[name] for name in ("event", "team_id", "matter", "method", "reason")}
    assert told == {
        "event": "payment",
        "team_id": TEAM,
        "matter": "1" * 32,
        "method": "blawby_api",
        "reason": None,
    }
    assert (line["key_version"], line["blawby"]) == (3, "created")
    assert line["milliseconds"] == {"invoice": 12.5}
    assert LINK not in json.dumps(line)
    assert sample("team_secrets_payments_total", method="blawby_api", reason="") == before + 1


def test_an_unknown_invoice_counts() -> None:
    before = sample("team_secrets_invoices_unknown_total")
    pending = Payment(Method.PENDING, Reason.OUTCOME_UNKNOWN, amount="75.00")
    observe_outcome(Outcome(TEAM, "1" * 32, pending))
    observe_outcome(Outcome(TEAM, "1" * 32, Payment(Method.NONE)))
    assert sample("team_secrets_invoices_unknown_total") == before + 1


def test_the_backlog_is_what_was_seen_last() -> None:
    for backlog in (Backlog(3, 2, 1, 4), Backlog(0, 5, 0, 0)):
        metrics.observe_backlog(backlog)
        seen = [
            sample("team_secrets_invoices_unknown_open"),
            sample("team_secrets_matters_unopened"),
            sample("team_secrets_notices_failing"),
            sample("team_secrets_keys_refused"),
        ]
        assert seen == [
            backlog.unknown_invoices,
            backlog.unopened_matters,
            backlog.failing_notices,
            backlog.refused_keys,
        ]


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("outcome", ["delivered", "failed"])
def test_notices_count_by_channel_and_outcome(channel: Channel, outcome: str) -> None:
    name, labels = "team_secrets_notices_total", {"channel": channel.value, "outcome": outcome}
    assert REGISTRY.get_sample_value(name, labels) is not None, "known from the start"
    before = sample(name, **labels)
    metrics.count_notice(channel, outcome)
    assert sample(name, **labels) == before + 1
