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


def danger_in(said: Utterance) -> Danger | None:
    """None where nobody is in danger. A message is looked at in every language, because people in
    danger mix them."""
    kinds = set(said.labels("danger"))
    for language in LANGUAGES.values():
        if language is not said.language and not language.lists["alarming"].isdisjoint(said.raw):
            kinds |= Utterance(said.text, language, first=True).labels("danger")
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
