"""What redis-py is told of the shared cache."""

import pytest

from app.adapters.cache.server import shared_server

SECONDS = {"socket_timeout", "socket_connect_timeout"}


def test_without_an_address_there_is_none() -> None:
    assert shared_server(None, None) is None
    assert shared_server(None, "authority.pem") is None


@pytest.mark.parametrize(
    ("url", "authority", "trusted"),
    [
        ("redis://cache:6379", None, None),
        ("redis://cache:6379", "authority.pem", None),
        ("rediss://cache:6379", None, None),
        ("rediss://cache:6379", "authority.pem", "authority.pem"),
    ],
)
def test_an_authority_is_for_tls_alone(
    url: str, authority: str | None, trusted: str | None
) -> None:
    server = shared_server(url, authority)
    assert server is not None
    assert server.url == url
    assert server.options.get("ssl_ca_certs") == trusted
    assert set(server.options) - {"ssl_ca_certs"} == SECONDS
    assert all(0 < server.options[name] < 1 for name in SECONDS)


def test_a_password_in_the_address_is_not_shown() -> None:
    assert "a-password" not in repr(shared_server("redis://:a-password@cache:6379", None))
