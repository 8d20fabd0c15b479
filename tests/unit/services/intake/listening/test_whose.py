"""Whose an address or a number is, in the first messages."""

import pytest

from app.domain.intake import Collected, Message
from app.services.intake import RulesEngine
from tests.teams import NORTH_CAROLINA


def heard(*texts: str) -> Collected:
    messages = [Message("user", text) for text in texts]
    return RulesEngine().turn(messages, NORTH_CAROLINA).collected


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("home 919-832-1234, cell 919-210-5555, the cell is better", "+19192105555"),
        ("cell 919-210-5555, home 919-832-1234, I prefer the cell", "+19192105555"),
        ("919-832-1234, no wait, that's my old job. 919-210-5555", "+19192105555"),
        ("919-210-5555, hers is 919-832-1234", "+19192105555"),
        ("the court said to call 919-832-1234", None),
    ],
)
def test_the_right_number_of_several_is_used(text: str, phone: str | None) -> None:
    assert heard("I'm Jane Doe", "Cary, NC", text).phone == phone


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("My email on the lease is wrong, it says bob@x.com. It's ann@mine.com", "ann@mine.com"),
        ("they have me as bob@x.com", None),
        ("ann@mine.com, my partner's is bob@x.com", "ann@mine.com"),
        ("D pettigrew at gmail dot com", "dpettigrew@gmail.com"),
        ("jorge underscore poe 77 at gmail dot com", "jorge_poe77@gmail.com"),
    ],
)
def test_the_clients_address_is_heard(text: str, email: str | None) -> None:
    assert heard("I'm Jane Doe", "Cary, NC", "919-210-5555", text).email == email


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("venkata subramanian here from cary", "Venkata Subramanian"),
        ("I'm her son, Gerald Whitfield", "Gerald Whitfield"),
        ("my boss is a thief. Kind regards, Niamh Gallagher", "Niamh Gallagher"),
        ("still waiting here", None),
        ("Guten Tag", None),
    ],
)
def test_a_name_is_heard_in_a_first_message(text: str, name: str | None) -> None:
    assert heard(text).name == name


@pytest.mark.parametrize("text", ["Young Min Song", "Saint West"])
def test_capitalised_words_answer_the_question_for_a_name(text: str) -> None:
    assert heard("I was evicted", text).name == text


@pytest.mark.parametrize("text", ["Small Claims", "Payment Plan", "Wrongful Termination"])
def test_a_matter_in_capitals_is_no_name(text: str) -> None:
    assert heard("Hello", text).name is None


def test_a_name_is_no_matter() -> None:
    """HOA is a matter; Nguyen Thi Hoa is not."""
    found = heard("hello", "Nguyen Thi Hoa", "my husband left and i want child support")
    assert (found.name, found.matter_type) == ("Nguyen Thi Hoa", "Family Law")
    assert found.description == "my husband left and i want child support"


def test_a_description_begins_with_a_whole_word() -> None:
    assert heard("hi i need a lawyer for my sons iep").description == (
        "i need a lawyer for my sons iep"
    )
