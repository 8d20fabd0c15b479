"""Danger in a message: by rules alone, whatever the engine."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.services.intake.languages import LANGUAGES
from app.services.intake.listening.utterance import Utterance
from app.services.intake.safety.points import FEWEST_WORDS, features, points_of


@dataclass(frozen=True, slots=True)
class Danger:
    """The kinds of danger in a message. `unclear`: from others or to oneself. `abuser`: by somebody
    close, who may read along."""

    violence: bool
    suicide: bool
    medical: bool
    child: bool
    unclear: bool
    abuser: bool


_NO_WORD = "_"
PERHAPS = Danger(
    violence=False, suicide=False, medical=False, child=False, unclear=True, abuser=False
)
"""Nothing more is known than that there may be danger."""


def signs_in(said: Utterance) -> dict[int, frozenset[str]]:
    """The signs in each sentence, by the number of the word after it."""
    found: dict[int, frozenset[str]] = {}
    denied = said.spans("not.danger")
    for one in said.found.get("sign", ()):
        if any(no.first < one.behind and one.first < no.behind for no in denied):
            continue
        end = said.ends[one.first]
        found[end] = found.get(end, frozenset()) | {one.label.partition(".")[2]}
    return found


def words_that_count(said: Utterance) -> list[str]:
    """The words, without those of figures of speech: they must not count for danger."""
    words = list(said.words)
    for one in said.spans("not.danger"):
        words[one.first : one.behind] = [_NO_WORD] * (one.behind - one.first)
    return words


def kinds_by_phrase(said: Utterance, signs: Mapping[int, frozenset[str]]) -> set[str]:
    """Danger from phrases, and from signs that occur together. Past events are no danger, except
    thoughts of suicide."""
    over = {end for end, told in signs.items() if "past" in told and "still" not in told}
    kinds = {
        (one.label.partition(".")[2], said.ends[one.first]) for one in said.found.get("danger", ())
    }
    before: frozenset[str] = frozenset()
    for end, told in sorted(signs.items()):
        both = told | before
        for one in said.language.together:
            if one.tells(both if one.across else told):
                kinds.add((one.kind, end))
        before = told
    return {kind for kind, end in kinds if kind == "suicide" or end not in over}


def _kinds(said: Utterance) -> set[str]:
    signs = signs_in(said)
    return kinds_by_phrase(said, signs) or _weighed(said, signs)


def windows(said: Utterance, signs: Mapping[int, frozenset[str]]) -> Iterator[set[str]]:
    """What has points in each sentence, together with the one before it."""
    words, none = words_that_count(said), frozenset[str]()
    before, begin = 0, 0
    for end in sorted(set(said.ends)):
        told = signs.get(begin, none) | signs.get(end, none)
        if end - before >= FEWEST_WORDS:
            yield features(words[before:end], told, said.language)
        before, begin = begin, end


def _weighed(said: Utterance, signs: Mapping[int, frozenset[str]]) -> set[str]:
    """Danger in other words, by their points."""
    points = points_of(said.language.code)
    return {kind for found in windows(said, signs) if (kind := points.kind(found))}


def danger_in(said: Utterance) -> Danger | None:
    """None if nobody is in danger. Checks a message in every language, because people in danger mix
    them."""
    kinds = _kinds(said)
    for language in LANGUAGES.values():
        if language is not said.language and not language.lists["alarming"].isdisjoint(said.raw):
            kinds |= _kinds(Utterance(said.text, language, first=False))
    if not kinds:
        return None
    close = not said.language.lists["close"].isdisjoint(said.words)
    violence = not kinds.isdisjoint({"violence", "domestic", "child"})
    return Danger(
        violence=violence,
        suicide="suicide" in kinds,
        medical="medical" in kinds,
        child="child" in kinds,
        unclear="unclear" in kinds,
        abuser="domestic" in kinds or ("violence" in kinds and close),
    )
