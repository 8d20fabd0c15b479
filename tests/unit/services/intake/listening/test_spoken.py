"""Numbers and addresses that are spelled out in words, at the limits of their lengths."""

import pytest

from app.services.intake.languages import LANGUAGES
from app.services.intake.listening.spoken import spoken_emails
from app.services.intake.listening.spoken_numbers import spoken_phones
from app.services.intake.listening.utterance import Utterance

NUMBER_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def utterance(text: str, code: str = "en") -> Utterance:
    return Utterance(text, LANGUAGES[code], first=True)


def phones(text: str) -> list[tuple[str | None, str, bool]]:
    """The number, the words that it was read from, and whether they surely are one."""
    said = utterance(text)
    return [(value, said.text[a:b], surely) for value, a, b, surely in spoken_phones(said, "US")]


def emails(text: str, code: str = "en") -> list[tuple[str | None, str, bool]]:
    said = utterance(text, code)
    return [(value, said.text[a:b], surely) for value, a, b, surely in spoken_emails(said)]


@pytest.mark.parametrize("length", range(5, 18))
def test_seven_to_fifteen_digits_in_words_are_a_number(length: int) -> None:
    words = " ".join(NUMBER_WORDS[int(digit)] for digit in ("9195550199" * 2)[:length])
    found = phones(f"reach me at {words} please")
    assert [text for _, text, _ in found[:1]] == ([words] if 7 <= length <= 15 else [])
    assert all(surely is (value is not None and length >= 10) for value, _, surely in found)


@pytest.mark.parametrize(
    "words",
    [
        "nine one nine five five five zero one nine nine",
        "nine one nine 55 five zero one nine nine",
        "nine one nine triple five zero one double nine",
        "nine one nine five fifty five zero one ninety nine",
        "919 five five five 0199",
    ],
)
def test_ways_to_say_a_number(words: str) -> None:
    assert phones(words) == [("+19195550199", words, True)]
    assert phones(f"it is {words}, ok") == [("+19195550199", words, True)]


def test_digits_alone_are_not_in_words() -> None:
    assert phones("919 555 0199") == []


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("jane dot doe at gmail dot com", "jane.doe@gmail.com"),
        ("j o at gmail dot com", "jo@gmail.com"),
        ("jane underscore doe at gmail dot com", "jane_doe@gmail.com"),
        ("jane dash doe at gmail dot com", "jane-doe@gmail.com"),
        ("jane underscore doe 82 at gmail dot com", "jane_doe82@gmail.com"),
        ("jane.doe at mail dot firm dot org", "jane.doe@mail.firm.org"),
        ("jane at gmail.com", "jane@gmail.com"),
        ("jane at firm dot co", "jane@firm.co"),
        ("jane at firm dot museum", "jane@firm.museum"),
        ("a dot b dot c dot d at gmail dot com", "a.b.c.d@gmail.com"),
    ],
)
def test_ways_to_say_an_address(words: str, value: str) -> None:
    assert emails(words) == [(value, words, True)]
    (found,) = emails(f"well. {words}, thanks")
    assert found[:2] == (value, words)


@pytest.mark.parametrize(
    "words",
    [
        "at gmail dot com",
        "jane at",
        "jane at gmail",
        "jane at gmail dot",
        "jane at gmail dot c",
        "jane at firm dot company",
        "jane at gmail dot c0m",
        "we met at noon",
    ],
)
def test_what_is_no_address(words: str) -> None:
    assert emails(words) == []


@pytest.mark.parametrize(
    ("text", "surely"),
    [
        ("look at walmart dot com please", False),
        ("look at gmail dot com", True),
        ("please look at gmail dot com", False),
        ("mine is xqzw at firm dot org", False),
        ("mine is xqzw at gmail dot com", True),
        ("mine. xqzw at firm dot org thanks", True),
        ("mine is xqzw7 at firm dot org", True),
    ],
)
def test_words_that_may_be_no_address(text: str, surely: bool) -> None:
    assert [found[2] for found in emails(text)] == [surely]


def test_an_address_in_spanish() -> None:
    words = "ana guion bajo poe arroba gmail punto com"
    assert emails(words, "es") == [("ana_poe@gmail.com", words, True)]


@pytest.mark.parametrize(
    ("code", "rest"), [("en", "at yahoo dot com"), ("es", "arroba yahoo punto com")]
)
def test_no_part_of_an_address_is_taken_for_a_typing_error(code: str, rest: str) -> None:
    """Seen: `tbanks at yahoo dot com` became thanks@yahoo.com."""
    words = LANGUAGES[code].lists["often_misspelled"]
    near = {word[:at] + word[at + 1 :] for word in words for at in range(len(word))}
    near |= {f"{word[0]}b{word[1:]}" for word in words}
    near = {each for each in near if each.isascii() and each.isalpha()}
    assert len(near) > 100
    for local in near:
        for value, _, _ in emails(f"{local} {rest}", code):
            assert value == f"{local}@yahoo.com"
    assert [value for value, _, _ in emails("tbanks at yahoo dot com")] == ["tbanks@yahoo.com"]


def test_the_point_of_a_well_known_provider_may_be_missing() -> None:
    assert [value for value, _, _ in emails("sam_ob at outlook com")] == ["sam_ob@outlook.com"]
    assert [value for value, _, _ in emails("ann lee 4 at gmail com thanks")] == [
        "annlee4@gmail.com"
    ]
    for text in ("meet me at walmart com", "look at gmail", "i am at outlook now", "at gmail com"):
        assert emails(text) == []
