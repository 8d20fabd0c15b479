"""What is told of a line and of an entry: what is known to be of no client, and no more."""

import json
from typing import Any

import pytest

from app.services.support.audit import from_audit
from app.services.support.story import from_log, in_order, moment
from app.services.support.trail import Trail

AT = "2026-11-28T04:31:01.123Z"
LINE = {"time": AT, "event": "refused", "status": 400, "address": "192.0.2.1", "anything": "else"}
MATTER = "a" * 32


def entry(**changes: Any) -> bytes:
    request = {"operation": "create", "path": f"teams/data/x/matters/{MATTER}"}
    whole = {"time": AT, "type": "response", "request": request, "auth": {"display_name": "x"}}
    return json.dumps(whole | changes).encode()


def test_only_known_fields_of_a_line_are_told() -> None:
    [told] = from_log([LINE], with_client_data=False)
    assert (told.what, told.details) == ("refused", {"status": 400})
    [told] = from_log([LINE], with_client_data=True)
    assert told.details == {"status": 400, "address": "192.0.2.1"}


def test_of_an_exception_its_type_is_told() -> None:
    [told] = from_log([LINE | {"exception": ["KeyError", "file.py:1 f"]}], with_client_data=False)
    assert told.details["exception"] == "KeyError"


@pytest.mark.parametrize("odd", [{"time": 7}, {"time": "then"}, {"time": None}])
def test_a_line_without_a_time_is_left_out(odd: dict[str, Any]) -> None:
    assert from_log([LINE | odd], with_client_data=False) == []


def test_an_entry_says_who_did_what_and_whether_vault_refused() -> None:
    trail = Trail.of(MATTER)
    done, refused = from_audit([entry(), entry(error="permission denied")], trail)
    assert (done.what, done.details["outcome"], done.details["who"]) == ("create", "done", "x")
    assert refused.details["outcome"] == "refused"
    assert "permission denied" not in str(refused.details), "Vault's words are not ours"


@pytest.mark.parametrize(
    "odd",
    [
        {"type": "request"},
        {"time": None},
        {"request": None},
        {"request": {"headers": {"x-request-id": 7}, "path": None}},
        {"request": {"headers": [], "path": "sys/health"}, "note": MATTER},
    ],
)
def test_an_entry_of_something_else_is_left_out(odd: dict[str, Any]) -> None:
    assert from_audit([entry(**odd), MATTER.encode()], Trail.of(MATTER)) == []


def test_times_of_both_logs_are_in_one_order() -> None:
    early = from_audit([entry(time="2026-11-28T04:31:01.122999999Z")], Trail.of(MATTER))
    late = from_log([LINE], with_client_data=False)
    assert [each.source for each in in_order(late, early)] == ["audit", "log"]
    assert moment("2026-11-28T04:31:01") == moment("2026-11-28T04:31:01Z")
