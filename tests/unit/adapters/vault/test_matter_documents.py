"""A matter's document, as earlier versions wrote it too."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.adapters.vault.kv_answers import KvRecord
from app.adapters.vault.matter_documents import matter_fields, matter_from
from app.domain.ids import TeamId, TeamUlid
from app.domain.intake import Client
from app.domain.matter import Bill, BillState, Matter, Origin, Words
from app.errors import MatterUnusable

TEAM = TeamId("01jq70jnstyfzevc6423czh50e")
AT = datetime(2026, 5, 4, 12, tzinfo=UTC)
BILL = Bill(
    BillState.UNKNOWN,
    Decimal(75),
    attempt="a1",
    request="r1",
    started_at=AT,
    account=TeamUlid("01JQ70JNSTYFZEVC6423CZH50E"),
    customer_id="7",
    doubtful=True,
)
MATTER = Matter(
    key="1" * 32,
    version=1,
    created_at=AT,
    origin=Origin(2, "0f"),
    clients=(Client("Jane Doe", "jane@example.com", "+19198296000"),),
    words=(Words(AT, "My husband has moved out."),),
    bill=BILL,
)
LATER = ("request", "account", "doubtful")


def test_a_document_of_an_earlier_version_names_no_request_and_no_account() -> None:
    fields = matter_fields(TEAM, MATTER)
    earlier = {name: value for name, value in fields.items() if name not in LATER}
    bill = matter_from(TEAM, MATTER.key, KvRecord(earlier, 1)).bill
    assert (bill.state, bill.customer_id) == (BILL.state, BILL.customer_id)
    assert (bill.request, bill.account, bill.doubtful) == ("", None, False)
    assert not bill.is_at(TeamUlid("01JQ70JNSTYFZEVC6423CZH50E"))


@pytest.mark.parametrize("account", ["", "../x", 7, "x" * 26, {"a": 1}])
def test_an_account_that_is_no_ulid_makes_the_document_unusable(account: object) -> None:
    fields = matter_fields(TEAM, MATTER) | {"account": account}
    with pytest.raises(MatterUnusable):
        matter_from(TEAM, MATTER.key, KvRecord(fields, 1))


def test_an_account_ignores_case() -> None:
    assert BILL.is_at(TeamUlid("01jq70jnstyfzevc6423czh50e"))
    assert not BILL.is_at(TeamUlid("01K0TNGNKTM4Q0AG0XF0A8ST0Q"))
