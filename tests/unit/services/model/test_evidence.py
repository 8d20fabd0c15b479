"""Which proposed values count."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.intake import Message
from app.domain.team import TeamConfig
from app.services.intake import RulesEngine
from app.services.model.evidence import Evidence
from app.services.model.proposal import Proposal
from tests.fakes.model import FakeModel, model_engine
from tests.teams import NORTH_CAROLINA

ZITHERS = "the owner shrugs when the zithers begin"
QUOTE = {"matter_type": "Tenant Rights Law", "matter_quote": "the owner shrugs"}


def kept(proposed: dict[str, Any], *texts: str) -> dict[str, str]:
    """The values that count, by their fields."""
    messages = [Message("user", text) for text in texts]
    facts = RulesEngine().held(messages, NORTH_CAROLINA).facts
    services = NORTH_CAROLINA.config.available_services
    found = Evidence(messages, facts).supported(Proposal(**proposed), services)
    return {one.field: getattr(one.value, "service", str(one.value)) for one in found}


@pytest.mark.parametrize(
    ("proposed", "text", "value"),
    [
        ({"name": "Priya Natarajan"}, "everyone calls me priya natarajan", "Priya Natarajan"),
        ({"name": "Ximena Quiroga"}, "todo el mundo me llama Ximena Quiroga", "Ximena Quiroga"),
        ({"name": "lee park"}, "at work my badge says Lee Park", "Lee Park"),
        ({"location": "Charlotte, NC"}, "I'm over near the Queen City, Charlotte, NC",
         "Charlotte, NC"),
        (QUOTE, ZITHERS, "Tenant Rights Law"),
    ],
)  # fmt: skip
def test_what_the_client_says_in_unusual_words_counts(
    proposed: dict[str, Any], text: str, value: str
) -> None:
    assert list(kept(proposed, text).values()) == [value]


@pytest.mark.parametrize(
    ("proposed", "text"),
    [
        # Not in the client's words, or not so.
        ({"name": "Mallory Thief"}, "everyone calls me priya natarajan"),
        ({"name": "Natarajan Priya"}, "everyone calls me priya natarajan"),
        ({"name": "Priya Thief"}, "everyone calls me priya natarajan"),
        ({"name": "calls me"}, "everyone calls me priya natarajan"),
        ({"location": "Raleigh, NC"}, "I'm over near the Queen City, Charlotte, NC"),
        ({"phone": "+19195550199"}, "hello there"),
        ({"email": "mallory@evil.example"}, "hello there"),
        ({**QUOTE, "matter_quote": "the owner pays"}, ZITHERS),
        ({**QUOTE, "matter_quote": None}, ZITHERS),
        # Somebody else's, or nobody's in particular.
        ({"name": "Mallory Thief"}, "Mallory Thief is what this is about"),
        ({"name": "Mallory Thief"}, "Se llama Mallory Thief"),
        ({"name": "Mallory Thief"}, "my sister, she says call me Mallory Thief"),
        ({"location": "Charlotte, NC"}, "lives near the Queen City, Charlotte, NC"),
        ({"location": "Charlotte, NC"}, "I know my ex is near the Queen City, Charlotte, NC"),
        ({"email": "mallory@evil.example"}, "my ex uses mallory@evil.example"),
        ({"phone": "+19195550199"}, "my ex has 919 555 0199"),
        # The agent asks whose it is.
        ({"email": "jane@example.com"}, "my sister is cross with me. jane@example.com"),
        ({"email": "a@firm.org"}, "my boss has a@firm.org, my aunt has b@firm.org"),
        # What the team does not offer, or where it takes no clients.
        ({"location": "Dallas, TX"}, "I'm over near the Queen City, Dallas, TX"),
        ({**QUOTE, "matter_type": "Criminal Law"}, ZITHERS),
        # What the rules make something of is theirs to decide.
        ({**QUOTE, "matter_quote": "my boss did not pay me"}, "my boss did not pay me"),
    ],
)
def test_what_is_not_the_clients_own_counts_nothing(proposed: dict[str, Any], text: str) -> None:
    assert kept(proposed, text) == {}


def test_no_value_changes_what_another_one_means() -> None:
    """A place decides how a phone number is read: one that the rules have read stays so."""
    jurisdiction = {"type": "national", "supportedCountries": ["US", "GB"]}
    config = TeamConfig({**NORTH_CAROLINA.config.document, "jurisdiction": jurisdiction})
    team = replace(NORTH_CAROLINA, config=config)
    messages = [
        Message("user", "I'm over near the Queen City, London, UK"),
        Message("user", "my phone is 207 946 0958"),
    ]
    plain = RulesEngine().turn(messages, team)
    turn = model_engine(FakeModel({"location": "London, UK"})).turn(messages, team)
    assert plain.collected.phone == "+12079460958"
    assert plain.collected.location is None
    assert turn.collected == plain.collected


def test_a_disowned_address_is_not_the_clients_whatever_a_model_says() -> None:
    engine = RulesEngine()
    messages: list[Message] = []
    for text in (
        "My mother is sick and I need a power of attorney. nina@family.net",
        "Carla Munoz",
        "Raleigh, NC",
        "919-832-1234",
        "no that's my sister's",
    ):
        messages.append(Message("user", text))
        turn = engine.turn(messages, NORTH_CAROLINA)
        messages.append(Message("assistant", turn.response))
    facts = engine.held(messages[:-1], NORTH_CAROLINA).facts
    assert (facts.name, facts.email) == ("Carla Munoz", None)
    proposal = Proposal(email="nina@family.net")
    assert list(Evidence(messages[:-1], facts).supported(proposal, [])) == []
