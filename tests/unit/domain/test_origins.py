"""Origins of web pages: what is one, and which ones a team admits."""

import pytest

from app.domain.origins import is_admitted, is_origin
from app.domain.team import TeamConfig

FIRM = "https://firm.example"


@pytest.mark.parametrize(
    "text",
    [
        FIRM,
        "https://www.firm.example:8443",
        "http://localhost:3000",
        "http://127.0.0.1",
        "https://xn--bcher-kva.example",
    ],
)
def test_an_origin_is_what_a_browser_sends(text: str) -> None:
    assert is_origin(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "*",
        "firm.example",
        "https://firm.example/",
        "https://firm.example/page",
        "https://Firm.example",
        "https://firm.example:443",
        "http://firm.example:80",
        "https://firm.example:0",
        "https://firm.example:65536",
        "https://*.firm.example",
        "https://user@firm.example",
        "ftp://firm.example",
        "https://firm.example\n",
        "https://firm.example; script-src *",
        "https://-firm.example",
        "https://firm..example",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert not is_origin(text)


def test_a_team_that_names_no_origins_admits_all() -> None:
    assert is_admitted("https://anyone.example", TeamConfig().allowed_origins)
    assert is_admitted("null", TeamConfig({"allowedOrigins": None}).allowed_origins)


def test_a_team_that_names_origins_admits_those_and_our_own_pages() -> None:
    allowed = TeamConfig({"allowedOrigins": [FIRM]}).allowed_origins
    assert is_admitted(FIRM, allowed)
    assert is_admitted(None, allowed)
    assert not is_admitted("null", allowed)
    assert not is_admitted(f"{FIRM}.evil.example", allowed)


def test_a_document_with_a_mistake_admits_fewer() -> None:
    """Somebody wrote it into Vault by hand."""
    config = TeamConfig({"allowedOrigins": [FIRM, "*", 7, "https://a.example; x"]})
    assert config.allowed_origins == (FIRM,)
    assert TeamConfig({"allowedOrigins": []}).allowed_origins == ()
