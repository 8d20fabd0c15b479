"""The facts to ask for, and which of them one of our messages asks for."""

from functools import cache
from typing import Final, Literal, get_args

from app.services.intake.languages import LANGUAGES, Language, Sentences
from app.services.intake.listening.clauses import sentence_begin
from app.services.intake.listening.utterance import Utterance

Field = Literal["name", "location", "phone", "email", "matterType"]
ORDER: Final[tuple[Field, ...]] = get_args(Field)
"""The order in which the agent asks for facts; also their names in `missing` of an answer."""
_LAST = 300
_TAIL = 12


@cache
def _own(language: str) -> dict[str, tuple[tuple[str, Field], ...]]:
    """Our own questions by their last characters."""
    found: dict[str, tuple[tuple[str, Field], ...]] = {}
    for name, ways in LANGUAGES[language].sentences.items():
        group, _, what = name.partition(".")
        field = what.partition("_")[0]
        if group not in ("ask", "again"):
            continue
        for way in ways:
            ending = way.rpartition("}")[2]
            for known in ORDER:
                if known == field and len(ending) >= _TAIL:
                    tail = ending[-_TAIL:]
                    found[tail] = (*found.get(tail, ()), (ending, known))
    return found


def own_question(content: str, language: Language) -> Field | None:
    """The fact that one of our messages asks for."""
    for ending, field in _own(language.code).get(content[-_TAIL:], ()):
        if content.endswith(ending):
            return field
    return None


def asked_in(content: str, missing: tuple[Field, ...], language: Language) -> Field | None:
    """The fact that the last sentence of a differently worded message asks for; of several, the
    first missing one."""
    said = Utterance(content[-_LAST:], language, first=False)
    book = language.book.find(Sentences(said.words, said.ends))
    asks = [one for one in book if one.label.startswith("asks.")]
    for first in (sentence_begin(said, len(said.words) - 1), 0):
        asked = {one.label.partition(".")[2] for one in asks if one.first >= first}
        if asked:
            wanted = [field for field in ORDER if field in asked]
            return next((field for field in wanted if field in missing), wanted[0])
    return None
