"""What a question is about, by the points of its words."""

import pytest

from app.services.intake.languages import LANGUAGES
from app.services.intake.listening.asked import UNKNOWN, features, hear_questions, parts
from app.services.intake.listening.shares import NONE, shares_in
from app.services.intake.listening.utterance import Utterance


def heard(text: str, code: str = "en") -> Utterance:
    said = Utterance(text, LANGUAGES[code], first=False)
    hear_questions(said)
    return said


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("what's it gonna set me back", "price"),
        ("is there a warm body behind this thing", "person"),
        ("would my boss get wind of this", "private"),
        ("ok and what comes now", "next"),
        ("My landlord locked me out. any chance you folks work saturdays", "hours"),
    ],
)
def test_a_question_in_words_of_no_phrase_has_its_topic(text: str, topic: str) -> None:
    assert heard(text).topics == {topic}


@pytest.mark.parametrize(
    "text",
    [
        "I asked him how much he owed and he laughed",
        "they cut my hours at the warehouse",
        "thank you so much for your help",
        "\u79c1\u306f\u96a3\u4eba\u3068\u4e89\u3063\u3066\u3044\u307e\u3059",
        "",
        "...",
    ],
)
def test_what_asks_nothing_has_no_topic(text: str) -> None:
    assert heard(text).topics == set()


def test_each_side_of_an_and_is_weighed_alone() -> None:
    said = heard("how much is it and what are your hours")
    assert said.topics == {"price", "hours"}
    assert [said.words[part.first : part.behind] for part in parts(said)] == [
        ["how", "much", "is", "it"],
        ["what", "are", "your", "hours"],
    ]


def test_an_and_between_other_words_divides_nothing() -> None:
    assert len(list(parts(heard("my wife and i want to know how much it is")))) == 1


def test_each_sentence_is_weighed_alone() -> None:
    assert heard("How much is it? Where is your office?").topics == {"price", "address"}


def test_an_unclear_question_has_a_guess_and_no_topic() -> None:
    said = heard("per hour or flat?")
    assert said.asked == []
    assert said.perhaps == "price"


def test_a_wish_to_cancel_is_no_question() -> None:
    assert heard("please cancel it").topics == set()
    assert heard("how can I cancel?").topics == {"cancel"}


def test_taken_values_have_no_points() -> None:
    """A client named Hope Price asks for no price."""
    said = Utterance("Hope Price", LANGUAGES["en"], first=False)
    said.take_value(0, len(said.text))
    price = Utterance("price", LANGUAGES["en"], first=False)
    named = features(said, *parts(said))
    assert not {"hope", "price"} & named
    assert "price" in features(price, *parts(price))


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("es 919-832-1234", set()),
        ("use 919-832-1234 instead please", set()),
        ("how much is it 919-832-1234", {"price"}),
        ("919-832-1234 is this free?", {"free"}),
    ],
)
def test_few_words_beside_a_value_only_introduce_it(text: str, topics: set[str]) -> None:
    said = Utterance(text, LANGUAGES["en"], first=False)
    start = text.index("919")
    said.take(start, start + len("919-832-1234"))
    hear_questions(said)
    assert said.topics == topics


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_topic_that_is_told_apart_is_answered(code: str) -> None:
    sentences = {name.removeprefix("answer.") for name in LANGUAGES[code].sentences}
    made = {"free", "why", "existing", "handle", "can_help", "received", "referral"}
    assert set(shares_in(code, "topics").labels) - {NONE, UNKNOWN} <= sentences | made
