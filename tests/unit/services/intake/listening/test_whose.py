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
        ("text me not call 919-210-5555", "+19192105555"),
        ("919-210-5555, that's me", "+19192105555"),
        ("here's my cell 919-210-5555 and my home 919-832-1234, dont call home", "+19192105555"),
        ("919-832-1234 tom@fisk.com this is who im having trouble with", None),
    ],
)
def test_the_right_number_of_several_is_used(text: str, phone: str | None) -> None:
    assert heard("I'm Jane Doe", "Cary, NC", text).phone == phone


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("My email on the lease is wrong, it says bob@x.com. It's ann@mine.com", "ann@mine.com"),
        ("they have me as bob@x.com", None),
        ("ann@mine.com or ann@work.com, use the second please", "ann@work.com"),
        ("work email is ann@work.com personal is ann@mine.com, dont use work", "ann@mine.com"),
        ("email me at ann.poe@school.edu", "ann.poe@school.edu"),
        ("ann_sis@mine.com", "ann_sis@mine.com"),
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
        ("They fired me while on leave. - Gwen Farrow", "Gwen Farrow"),
        ("He will not pay. Thank you, Sam and Ruthie Feldman", "Sam and Ruthie Feldman"),
        ("Landlord: Bill Turner, 919-555-0101. Me: Joy Adeyemi", "Joy Adeyemi"),
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


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("hi im a single dad of 3 in Hickory NC and my ex wants to move to Ohio", "Hickory, NC"),
        ("I need help w/ my ex he wont pay, im tasha greene from goldsboro nc", "Goldsboro, NC"),
        ("my husband drives out of Memphis Tennessee, i want a divorce. Cary NC", "Cary, NC"),
        ("i'm the only grandkid and live in Hope Mills, NC", "Hope Mills, NC"),
        ("im Caleb Stroud 28403 wilmington, i was fired", "Wilmington, NC"),
        ("I'm the daughter of a man in Tampa FL who died", None),
        ("My son lives with his dad in Virginia Beach VA", None),
        ("they owe me 28403 dollars in Charlotte", None),
    ],
)
def test_the_clients_own_place_is_heard(text: str, place: str | None) -> None:
    assert heard(text).location == place


def test_an_opponents_card_is_not_the_clients() -> None:
    card = "Sunrise Homes\n919-555-0112\nrent@sunrise.com\nthis is who im having trouble with"
    collected = heard(f"{card}. my name is Eddie Vann")
    assert (collected.phone, collected.email) == (None, None)
    assert collected.name == "Eddie Vann"


def test_another_matter_is_told_instead() -> None:
    divorce = "I need help with a divorce"
    assert heard(divorce, "sorry not divorce, my landlord evicts me").matter_type == (
        "Tenant Rights Law"
    )
    assert heard(divorce, "never mind that, I need a will instead").matter_type == (
        "Probate and Estate Planning"
    )
