"""How urgent a client says it is. It is never asked for."""

import re

from app.services.intake.everyday_words import word_set
from app.services.intake.utterance import Utterance

_LOW = re.compile(
    r"\b(?:no (?:rush|hurry)|not (?:that |very |so |too |really |an )?(?:urgent|emergency)"
    r"|isn't urgent|whenever|when you (?:have|get) (?:a )?(?:time|chance)|take your time"
    r"|non-urgent)\b"
)
_HIGH = re.compile(
    r"\b(?:emergency|urgent|urgently|asap|immediately|right away|right now"
    r"|as soon as possible|time.sensitive"
    r"|(?:court|hearing|trial|deadline|due|evicted|deported|court date)\b[^.!?\n]{0,30}"
    r"\b(?:today|tomorrow|tonight|this week|in (?:a|one|two|2|three|3|the next) (?:hours?|days?)"
    r"|monday|tuesday|wednesday|thursday|friday)"
    r"|(?:tomorrow|today|this week)\b[^.!?\n]{0,30}\b(?:court|hearing|trial|deadline))\b"
)
_TIME_WORDS = word_set(
    "rush hurry urgent urgently emergency whenever time chance asap immediately away now soon "
    "time-sensitive sensitive today tomorrow tonight week hour hours day days monday tuesday "
    "wednesday thursday friday non-urgent"
)


def urgency(said: Utterance) -> str | None:
    if said.words.isdisjoint(_TIME_WORDS):
        return None
    if _LOW.search(said.low):
        return "low"
    return "high" if _HIGH.search(said.low) else None
