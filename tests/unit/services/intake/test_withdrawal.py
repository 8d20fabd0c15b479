"""What the client takes back right after it was noted, or names later."""

import pytest

from app.domain.intake import Collected, Message
from app.services.intake import RulesEngine
from tests.teams import NORTH_CAROLINA

PHONE, EMAIL = "919-832-1234", "kay@x.org"


def heard(*texts: str) -> Collected:
    messages: list[Message] = []
    for text in texts:
        messages.append(Message("user", text))
        turn = RulesEngine().turn(messages, NORTH_CAROLINA)
        messages.append(Message("assistant", turn.response))
    return turn.collected


@pytest.mark.parametrize(
    "text",
    [
        "no, that's my sister's",
        "no wait thats my sisters",
        "oh that one is my mom's email, sorry",
        "that email belongs to my husband",
        "sorry thats my old one, dont have it anymore",
        "it's not mine",
        "forget that email",
        "ay no, ese es de mi mamá",
        "ese correo es de mi esposo",
    ],
)
def test_the_address_before_is_taken_back(text: str) -> None:
    collected = heard("I'm Kay Poe", "Cary, NC", PHONE, EMAIL, text)
    assert collected.email is None
    assert collected.phone == "+19198321234"


@pytest.mark.parametrize(
    "text",
    [
        "that's my landlord's fault",
        "it's my husband, he wants a divorce",
        "bob@x.org, that's my husband's",
        "that number is my mom's",
        "my sister was fired too",
        "it's not right, they can't do that",
        "i put my husband's name on the deed",
        "i wrote my landlord.",
        "it was shut off, the power",
        "ya no tengo trabajo",
    ],
)
def test_another_remark_takes_no_address_back(text: str) -> None:
    assert heard("I'm Kay Poe", "Cary, NC", PHONE, EMAIL, text).email == EMAIL


def test_a_named_fact_is_taken_back_later() -> None:
    later = heard("I'm Kay Poe", "Cary, NC", PHONE, EMAIL, "that number is my mom's")
    assert later.phone is None
    assert later.email == EMAIL


def test_another_persons_home_takes_no_place_back() -> None:
    told = heard("I'm Kay Poe", "Cary, NC", PHONE, "mom's house is in Ohio, we don't live there")
    assert told.location == "Cary, NC"


def test_a_value_that_is_not_theirs_is_not_taken_again() -> None:
    again = heard("I'm Kay Poe", "Cary, NC", PHONE, EMAIL, "no that's my sister's", EMAIL)
    assert again.email is None


def test_the_right_value_may_follow_at_once() -> None:
    told = heard("I'm Kay Poe", "Cary, NC", PHONE, EMAIL, "that's my sister's. mine is k@y.org")
    assert told.email == "k@y.org"


def test_a_name_and_a_place_are_taken_back() -> None:
    named = heard("custody", "Tiffany Rowe", "thats not my name thats my daughters. im Denise Rowe")
    assert named.name == "Denise Rowe"
    assert heard("I'm Kay Poe", "Cary, NC", "that's where my mom lives").location is None


def test_after_the_end_the_right_value_is_asked_for() -> None:
    whole = ("I'm Kay Poe", "Cary, NC", PHONE, EMAIL, "I need a divorce", "that's my mom's email")
    assert heard(*whole).email == EMAIL
    assert heard(*whole, "kay2@y.org").email == "kay2@y.org"
