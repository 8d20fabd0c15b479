"""Whether a matter on record is the one at hand."""

from dataclasses import replace

import pytest

from app.domain.intake import Client
from app.domain.matter import Bill, BillState, Matter
from app.services.matters.drafts import drafts
from app.services.matters.sameness import Draft, same_conversation, sent_again
from tests.fakes.clock import FakeClock
from tests.fakes.told import JANE, Told

NOW = FakeClock().now()


def draft_of(told: Told) -> Draft:
    return drafts(told.turn, told.talk, NOW)[-1]


def on_record(told: Told) -> Matter:
    draft = draft_of(told)
    return Matter(
        key="0" * 32,
        version=1,
        created_at=NOW,
        origin=draft.origin,
        clients=draft.clients,
        words=(draft.words,),
        bill=Bill(BillState.NONE),
    )


def described(text: str, **changes: str) -> Told:
    collected = replace(JANE, description=text, **changes)
    return Told(said=("Hello", text), collected=collected)


MATTER = on_record(described("I want to adopt my step-son"))


@pytest.mark.parametrize(
    "again",
    [
        "I want to adopt my step-son",
        "adoption of my stepson, my wife's son",
        "We would like to adopt",
        "I need help",
        "",
    ],
)
def test_the_same_matter_in_other_words(again: str) -> None:
    assert sent_again(MATTER, draft_of(described(again)))


@pytest.mark.parametrize(
    "other",
    [
        "I need a divorce and a restraining order",
        "I was fired from my job",
        "Me despidieron de mi trabajo",
        "Mi casero no me devuelve el depósito",
    ],
)
def test_another_matter_of_the_same_client(other: str) -> None:
    assert not sent_again(MATTER, draft_of(described(other)))


def test_the_service_is_not_compared() -> None:
    renamed = described("I want to adopt my step-son", matter_type="Adoption & Family")
    assert sent_again(MATTER, draft_of(renamed))


@pytest.mark.parametrize(
    ("details", "same"),
    [
        ({"name": "Jane Q. Doe"}, True),
        ({"name": "jane  DOE", "phone": "+17045550000"}, True),
        ({"name": "John Roe", "phone": "+17045550000"}, False),
        ({"email": "JANE@example.com"}, True),
        ({"email": "john@example.com"}, False),
    ],
)
def test_the_same_client(details: dict[str, str], same: bool) -> None:
    assert sent_again(MATTER, draft_of(described("adopt my step-son", **details))) == same


def test_a_client_is_known_by_former_details_too() -> None:
    corrected = replace(MATTER, clients=(*MATTER.clients, Client("J", "j@new.example", "+1")))
    assert sent_again(corrected, draft_of(described("adopt my step-son")))


def test_a_conversation_is_known_by_its_beginning() -> None:
    told = Told()
    matter = on_record(told)
    assert same_conversation(matter, told.talk, 0)
    assert same_conversation(matter, told.then("Thanks!", "Bye").talk, 0)
    assert not same_conversation(matter, told.talk, 1)
    assert not same_conversation(matter, Told(said=("Hello", "Something else")).talk, 0)
    assert not same_conversation(matter, Told(said=("Hello",)).talk, 0)
