"""What a client says after the end: a remark costs nothing, a further matter is asked for."""

import pytest

from app.domain.intake import IntakeTurn
from tests.conversations.teams import with_fields
from tests.teams import NORTH_CAROLINA
from tests.unit.services.intake.test_conversation import EVERYTHING, talk
from tests.unit.services.intake.wording import said

FIRED = "I also was fired from my job at Acme because I am pregnant."


def descriptions(turn: IntakeTurn) -> list[str]:
    return [turn.collected.description or "", *(one.description for one in turn.further)]


def test_more_about_the_second_matter_is_no_third_one_and_goes_to_the_second() -> None:
    turns = talk(
        EVERYTHING,
        FIRED,
        "My boss told me to leave and never paid my overtime",
        "Can you also help me with my wrongful termination?",
        "They also kept my last paycheck",
        "My husband also hid money",
        FIRED,
    )
    first, second = descriptions(turns[-1])
    assert "overtime" in second
    assert "last paycheck" in second
    assert "overtime" not in first
    assert "fired" not in first
    assert "hid money" in first


@pytest.mark.parametrize("yes", ["yes", "Yes, please.", "ok", "Sure, go ahead"])
def test_a_mentioned_problem_is_a_matter_once_the_client_agrees_to_its_price(yes: str) -> None:
    mentioned, agreed, again = talk(EVERYTHING, "I was fired from my job", yes, yes)[1:]
    assert mentioned.further == ()
    assert said(mentioned.response, "done.ask_further", fee="$75")
    assert [one.told_at for one in agreed.further] == [2]
    assert agreed.further[0].matter_type == "Employment Law"
    assert again.further == agreed.further


@pytest.mark.parametrize(
    "answer",
    ["no", "not now", "how much?", "yes, but only if it is free", "Right now I can't", "thanks"],
)
def test_without_a_yes_it_stays_a_remark_that_is_on_record(answer: str) -> None:
    turns = talk(EVERYTHING, "I was fired from my job", answer, "yes")
    assert turns[-1].further == ()
    assert "fired from my job" in descriptions(turns[-1])[0]


def test_a_team_without_a_fee_asks_without_a_price() -> None:
    team = with_fields(NORTH_CAROLINA, requiresPayment=False)
    turn = talk(EVERYTHING, "I was fired from my job", team=team)[-1]
    assert said(turn.response, "done.ask_further_free")
    assert "$" not in turn.response


def test_the_price_is_told_before_a_matter_whose_price_is_asked() -> None:
    turns = talk(EVERYTHING, "I also need a will, how much is that?", "yes")
    assert [len(turn.further) for turn in turns] == [0, 0, 1]


@pytest.mark.parametrize("reply", ["How much would that cost?", "never mind, thanks", "no"])
def test_what_is_not_a_description_opens_no_announced_matter(reply: str) -> None:
    turns = talk(EVERYTHING, "I need help with something else too", reply)
    assert said(turns[1].response, "done.tell_further")
    assert turns[-1].further == ()


def test_a_second_problem_of_the_same_kind_is_a_matter_if_the_client_calls_it_so() -> None:
    turn = talk(EVERYTHING, "I have a second family matter, I want to adopt my stepson")[-1]
    assert "adopt" in turn.further[0].description


@pytest.mark.parametrize(
    "remark",
    [
        "I do not need a will.",
        "My friend was fired last year, it was terrible",
        "I was fired in 2010.",
        "I lost my job so I cannot pay him anything",
    ],
)
def test_a_remark_is_added_to_the_record(remark: str) -> None:
    turn = talk(EVERYTHING, remark)[-1]
    assert turn.further == ()
    assert remark.rstrip(".") in descriptions(turn)[0]


@pytest.mark.parametrize(
    "remark",
    [
        "I changed the locks and emailed bob@x.com",
        "Use bob@x.com for the landlord",
        "Instead the office used bob@x.com",
        "The notice was sent to jan.doe@example.com",
        "Actually it was 704-333-2222 that called me",
        "The updated lease lists 704-333-2222",
        "Mistake: the notice says jane@example.org",
        "My husband's email is wrong in your file, it's bob@x.com",
        "My husband's number is wrong. It's 704-333-2222",
        "Tell my boss to use 704-333-2222",
        "For my landlord, use bob@x.com",
    ],
)
def test_a_contact_in_a_remark_is_not_the_clients(remark: str) -> None:
    before, after = talk(EVERYTHING, remark)
    assert after.collected.email == before.collected.email
    assert after.collected.phone == before.collected.phone


@pytest.mark.parametrize(
    "correction",
    [
        "Sorry, ann2@mine.com",
        "My email is ann2@mine.com",
        "Actually, reach me at ann2@mine.com",
        "I gave you the wrong email, its ann2@mine.com",
        "don't use that email, my husband reads it. use ann2@mine.com",
        "ann2@mine.com is a better email for me",
        "sorry, two letters were wrong, my email is ann2@mine.com",
    ],
)
def test_a_contact_that_is_said_to_be_the_clients_replaces_theirs(correction: str) -> None:
    assert talk(EVERYTHING, correction)[-1].collected.email == "ann2@mine.com"


def test_what_comes_after_ten_further_matters_is_added_to_the_last_of_them() -> None:
    """And the answer does not say that it was filed as one of its own."""
    problems = [f"I also have a second problem: I was hit by car number {n}" for n in range(12)]
    turns = talk(EVERYTHING, *problems)
    told = descriptions(turns[-1])
    assert len(told) == 11
    for number in range(12):
        assert any(f"number {number}" in one for one in told), number
    assert not said(turns[-1].response, "done.further")
