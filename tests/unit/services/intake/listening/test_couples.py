"""Two clients in one intake, and names that nothing announces."""

import pytest

from app.domain.intake import Message
from app.services.intake import RulesEngine
from tests.teams import NORTH_CAROLINA


def name_in(*texts: str) -> str | None:
    messages = [Message("user", text) for text in texts]
    return RulesEngine().turn(messages, NORTH_CAROLINA).collected.name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("We are John and Mary Sutton", "John and Mary Sutton"),
        ("Hi we're Tom Ruiz and Ann Lee, Cary NC", "Tom Ruiz and Ann Lee"),
        ("My wife and I are Tom and Gail Hess. we need wills", "Tom and Gail Hess"),
        ("Somos Pedro y Lucía Ramírez, queremos adoptar", "Pedro y Lucía Ramírez"),
        ("we are black and mexican and our landlord hates us", None),
        ("I'm Ann Lee and Bob Stanton fired me", "Ann Lee"),
        ("This is Ann Lee and Bob Stanton is my landlord", "Ann Lee"),
        ("I'm Ann Lee and Bob Stanton's tenant", "Ann Lee"),
    ],
)
def test_both_names_are_kept_as_one(text: str, name: str | None) -> None:
    assert name_in(text) == name


def test_both_names_answer_the_question() -> None:
    assert name_in("we need wills", "Anil & Deepa Krishnan") == "Anil & Deepa Krishnan"
    assert name_in("we need wills", "john and mary sutton") == "John and Mary Sutton"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("jane doe. what do you need my address for", "Jane Doe"),
        ("priya patel", "Priya Patel"),
        ("fatima al-rashid, cary nc, 9195550143", "Fatima Al-Rashid"),
        ("I'm Latoya Pettiford of Burlington NC", "Latoya Pettiford"),
        ("I'm in Raleigh for now but my kids are in Atlanta GA", None),
        ("I swear I'm going to sue", None),
        ("la la la", None),
        ("they fired me. wells fargo", None),
    ],
)
def test_a_whole_clause_without_capitals_is_a_name(text: str, name: str | None) -> None:
    assert name_in(text) == name
