"""A connection that failed is counted each time, and logged once a minute for each server."""

import logging

import pytest
from prometheus_client import REGISTRY

from app.adapters.connection_failures import ConnectionFailures


def counted(cause: str) -> float:
    name, labels = "team_secrets_connection_failures_total", {"upstream": "vault", "cause": cause}
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_each_is_counted_and_each_cause_of_a_server_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    failures, refused = ConnectionFailures("vault"), counted("refused")
    with caplog.at_level(logging.WARNING):
        for address in ("first", "first", "second", None, None, "first"):
            assert failures.add(ConnectionRefusedError(), address) == "refused"
        assert failures.add(TimeoutError(), "first") == "timeout"
    assert counted("refused") == refused + 6
    told = [(vars(one)["cause"], vars(one).get("address")) for one in caplog.records]
    assert told == [
        ("refused", "first"),
        ("refused", "second"),
        ("refused", None),
        ("timeout", "first"),
    ]
    assert {vars(one)["upstream"] for one in caplog.records} == {"vault"}
    assert caplog.messages[0] == "connection failed: it refuses the connection"
