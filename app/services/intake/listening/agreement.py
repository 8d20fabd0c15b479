"""Yes or no to what the agent asked."""

from typing import Literal

from app.services.intake.listening.utterance import Utterance


def agreement(said: Utterance) -> Literal["yes", "no"] | None:
    """The answer by its first decisive words: "yes, no idea why I typed that" is a yes, "no, that
    is my sister" a no. None if there are none."""
    found = [one for one in said.found.get("said", ()) if one.label in ("said.yes", "said.no")]
    first = min(found, key=lambda one: (one.first, one.label), default=None)
    if first is None:
        return None
    return "no" if first.label == "said.no" else "yes"
