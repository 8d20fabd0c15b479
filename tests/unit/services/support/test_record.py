"""What is told of a matter's record and of Vault's audit log: each value under its own name."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.domain.ids import TeamId
from app.domain.matter import BillState, MatterLabel, MatterVersion
from app.domain.payment import Method, Reason
from app.errors import NotFound
from app.services.support.audit import from_audit
from app.services.support.record import Record, from_record, read_record
from app.services.support.story import Happening
from app.services.support.trail import Trail
from tests.unit.services.matters.test_reading import TEAM as READ_TEAM
from tests.unit.services.matters.test_reading import key, office_of

AT = [datetime(2031, 5, day, 12, tzinfo=UTC) for day in range(1, 7)]
TEAM = TeamId("0" * 26)
KEY = "a" * 32
WHOSE = {"team_id": TEAM, "matter": KEY}


def label(**more: Any) -> MatterLabel:
    return MatterLabel(
        *(KEY, 3, AT[0], "Tenant Rights Law", "high", BillState.INVOICED, Decimal(75)),
        *(Method.BLAWBY_API, Method.FALLBACK_LINK),
        **more,
    )


def test_a_record_is_told_with_all_that_its_label_says() -> None:
    whole = label(reason=Reason.KEY_REJECTED, invoice_id="inv-9", started_at=AT[1], opened_at=AT[2])
    versions = (MatterVersion(1, AT[3], lives=False), MatterVersion(2, AT[4], lives=True))
    assert from_record(TEAM, Record(whole, versions)) == [
        Happening(AT[3], "record", "written, and gone since", WHOSE | {"version": 1}),
        Happening(AT[4], "record", "written", WHOSE | {"version": 2}),
        Happening(
            AT[0],
            "record",
            "filed",
            WHOSE
            | {
                "kind": "Tenant Rights Law",
                "urgency": "high",
                "version": 3,
                "state": "invoiced",
                "method": "blawby_api",
                "reason": "key_rejected",
                "amount": "75.00",
                "invoice_id": "inv-9",
            },
        ),
        Happening(AT[1], "record", "last attempt at an invoice", WHOSE),
        Happening(AT[2], "record", "opened by the team", WHOSE),
    ]


def test_who_may_not_see_versions_has_the_label_alone() -> None:
    office, versions = office_of(1), (MatterVersion(1, AT[3], lives=True),)

    def read(number: int) -> Record:
        return read_record(office.matters, office.caller, READ_TEAM.team_id, key(number))

    office.desk.kept = versions
    assert read(1).versions == versions
    office.desk.kept = None
    assert (read(1).versions, read(1).label.key) == ((), key(1))
    with pytest.raises(NotFound):
        read(2)


def test_what_did_not_happen_is_not_told() -> None:
    [told] = from_record(TEAM, Record(label(), ()))
    assert told.what == "filed"
    assert not {"reason", "invoice_id"} & set(told.details)


def entry(**changes: Any) -> bytes:
    whole = {
        "time": "2031-05-01T12:00:00Z",
        "type": "response",
        "request": {
            "operation": "update",
            "path": f"teams/data/x/matters/{KEY}",
            "headers": {"x-request-id": ["b", "a"]},
        },
        "auth": {"display_name": "jwt-service", "token_policies": ["service"]},
    }
    return json.dumps(whole | changes).encode()


def test_an_entry_of_the_audit_log_is_told_with_all_that_it_says() -> None:
    assert from_audit([entry(), entry(error="no")], Trail.of(KEY)) == [
        Happening(
            AT[0],
            "audit",
            "update",
            {
                "path": f"teams/data/x/matters/{KEY}",
                "outcome": outcome,
                "who": "jwt-service",
                "policies": ["service"],
                "request_id": "a",
            },
        )
        for outcome in ("done", "refused")
    ]


def test_an_entry_is_found_by_its_request_or_by_its_matter() -> None:
    other = {"operation": "read", "path": "teams/data/x", "headers": {"x-request-id": ["a"]}}
    assert len(from_audit([entry(request=other)], Trail.of("a"))) == 1
    assert from_audit([entry(request=other)], Trail.of("b")) == []
    assert from_audit([entry(request=other | {"note": KEY})], Trail.of(KEY)) == []
    assert from_audit([entry(type="request")], Trail.of(KEY)) == []
    assert from_audit([entry(time=None)], Trail.of(KEY)) == []
