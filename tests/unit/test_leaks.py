"""The leak canaries themselves: they would see a key in any form, and say nothing without one."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.leaks import Canaries

FORMS: dict[str, Callable[[str], bytes]] = {
    "raw": lambda key: key.encode(),
    "in a URL": lambda key: quote(key).encode(),
    "in a URL's part": lambda key: quote(key, safe="").encode(),
    "in JSON": lambda key: json.dumps({"x": key}).encode(),
    "in a repr": lambda key: repr([key]).encode(),
    "base64": lambda key: base64.b64encode(key.encode()),
    "base64 of more": lambda key: base64.b64encode(b"u:" + key.encode() + b"|more"),
    "base64 for URLs": lambda key: base64.urlsafe_b64encode(b"?" + key.encode() + b"\xff\xff"),
}


@pytest.fixture
def own(tmp_path: Path) -> Canaries:
    """Not the session's: these tests leak on purpose."""
    canaries = Canaries(tmp_path)
    for _ in range(20):
        canaries.key()
    return canaries


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_key_is_seen_in_any_form(own: Canaries, form: Callable[[str], bytes]) -> None:
    own.keep("place", b"before " + form(own.key("bad")) + b" behind")
    assert own.sightings() == [str(own.captured / "place")]


def test_nothing_is_seen_where_no_key_is(own: Canaries) -> None:
    own.keep("place", b"canary/ canary/0123456789abcdef01234567+ and much else")
    assert own.sightings() == []


def test_files_and_directories_are_watched(own: Canaries, tmp_path: Path) -> None:
    hidden = tmp_path / "cache" / "deep"
    hidden.mkdir(parents=True)
    (hidden / "file").write_text(own.key())
    own.watch(tmp_path / "cache")
    own.watch(tmp_path / "nothing-there")
    assert own.sightings() == [str(hidden / "file")]
