"""A connection that failed is counted each time, and logged once a minute for each server."""

import logging
import ssl

import pytest
from prometheus_client import REGISTRY

from app.adapters.causes import cause_of
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


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        *((code, "tls_unknown_ca") for code in (2, 18, 19, 20, 21)),
        (10, "tls_expired"),
        (62, "tls_wrong_name"),
        (64, "tls_wrong_name"),
        (1, "tls_other"),
        (23, "tls_other"),
    ],
)
def test_a_certificate_is_refused_for_what_openssl_says(code: int, cause: str) -> None:
    """The numbers are X509_V_ERR_* of openssl/x509_vfy.h."""
    error = ssl.SSLCertVerificationError()
    error.verify_code = code
    assert cause_of(error) == cause
