"""The languages' files: what a translation has to hold, and that no phrase is written in vain."""

import re
from string import Formatter

import pytest

from app.services.intake.languages import DEFAULT, LANGUAGES, Language
from app.services.intake.languages.loading import folder
from app.services.intake.languages.notation import expanded
from app.services.intake.listening.letters import plain
from app.services.intake.questions import ORDER, own_question

OTHERS = [language for language in LANGUAGES.values() if language is not DEFAULT]
_SENTENCE = re.compile(r"(?<=[.?!])\s+")


def placeholders(ways: tuple[str, ...]) -> set[str]:
    return {field for way in ways for _, field, _, _ in Formatter().parse(way) if field}


@pytest.mark.parametrize("language", OTHERS, ids=lambda language: language.code)
def test_a_language_says_everything_that_english_says(language: Language) -> None:
    assert set(language.sentences) == set(DEFAULT.sentences)
    for name, ways in language.sentences.items():
        assert placeholders(ways) == placeholders(DEFAULT.sentences[name]), name


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=lambda language: language.code)
def test_no_two_ways_share_a_sentence(language: Language) -> None:
    """Else it would be said twice in a row."""
    for name, ways in language.sentences.items():
        said = [sentence.strip() for way in ways for sentence in _SENTENCE.split(way)]
        assert len(said) == len(set(said)), name


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=lambda language: language.code)
def test_what_is_said_often_has_several_ways(language: Language) -> None:
    once = ("greet", "word")
    for name, ways in language.sentences.items():
        if name.partition(".")[0] not in once and name not in (
            "done.created",
            "done.used",
            "answer.faq",
        ):
            assert len(ways) > 1, name


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=lambda language: language.code)
def test_our_own_questions_are_known_again(language: Language) -> None:
    for field in ORDER:
        for way in language.sentences[f"ask.{field}"]:
            assert own_question(f"Thank you! {way}", language) == field


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_phrase_is_written_as_the_words_of_a_message_are(code: str) -> None:
    """Lower case, without accents, hyphens and short forms: another one is never found."""
    written = folder(code)
    short = {line.partition("=")[0].strip() for line in written.phrases.pop("contractions")}
    written.phrases.pop("numbers")
    signs = {label[len("sign.") :] for label in written.phrases if label.startswith("sign.")}
    for label in [label for label in written.phrases if label.startswith(("together.", "across."))]:
        for line in written.phrases.pop(label):
            assert {sign.removeprefix("-") for sign in line.split()} <= signs
    lists = dict.fromkeys(written.lists, frozenset({"listed"}))
    for label, phrases in written.phrases.items():
        slots = [slot for phrase in phrases for way in expanded(phrase, lists) for slot in way]
        for word in {word for slot in slots if isinstance(slot, frozenset) for word in slot}:
            assert word == plain(word.lower()), (label, word)
            assert word.replace("'", "").isalnum(), (label, word)
            assert word not in short, (label, word)


@pytest.mark.parametrize("language", OTHERS, ids=lambda language: language.code)
def test_a_language_has_the_lists_and_labels_that_the_readers_use(language: Language) -> None:
    wanted = {"filler", "courtesy", "never_name", "after_name", "others", "first_person", "telling"}
    assert wanted <= set(language.lists)
    kinds = {label.partition(".")[0] for label in folder(language.code).phrases}
    assert kinds >= {"ask", "said", "own", "others", "denied", "place", "name", "matter", "urgent"}
