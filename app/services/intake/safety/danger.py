"""Danger in a message: by rules alone, whatever engine holds the conversation."""

from dataclasses import dataclass

from app.services.intake.languages import LANGUAGES
from app.services.intake.listening.utterance import Utterance


@dataclass(frozen=True, slots=True)
class Danger:
    """What kinds of danger a message tells of. `abuser`: by somebody close, who may read along."""

    violence: bool
    suicide: bool
    medical: bool
    child: bool
    abuser: bool


def _signs(said: Utterance) -> dict[int, frozenset[str]]:
    """The signs in each sentence, by the number of the word behind it."""
    found: dict[int, frozenset[str]] = {}
    denied = [one for one in said.found.get("not", ()) if one.label == "not.danger"]
    for one in said.found.get("sign", ()):
        if any(no.first < one.behind and one.first < no.behind for no in denied):
            continue
        end = said.ends[one.first]
        found[end] = found.get(end, frozenset()) | {one.label.partition(".")[2]}
    return found


def _kinds(said: Utterance) -> set[str]:
    """What phrases tell, and signs that stand together. What is over by now is no danger, but for
    thoughts of suicide."""
    signs = _signs(said)
    over = {end for end, told in signs.items() if "past" in told and "still" not in told}
    kinds = {
        (one.label.partition(".")[2], said.ends[one.first]) for one in said.found.get("danger", ())
    }
    for end, told in signs.items():
        kinds |= {(one.kind, end) for one in said.language.together if one.tells(told)}
    return {kind for kind, end in kinds if kind == "suicide" or end not in over}


def danger_in(said: Utterance) -> Danger | None:
    """None where nobody is in danger. A message is looked at in every language, because people in
    danger mix them."""
    kinds = _kinds(said)
    for language in LANGUAGES.values():
        if language is not said.language and not language.lists["alarming"].isdisjoint(said.raw):
            kinds |= _kinds(Utterance(said.text, language, first=True))
    if not kinds:
        return None
    close = not said.language.lists["close"].isdisjoint(said.words)
    violence = not kinds.isdisjoint({"violence", "domestic", "child"})
    return Danger(
        violence=violence,
        suicide="suicide" in kinds,
        medical="medical" in kinds,
        child="child" in kinds,
        abuser="domestic" in kinds or ("violence" in kinds and close),
    )
