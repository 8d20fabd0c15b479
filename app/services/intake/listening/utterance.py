"""One message of a client: its words, its phrases, and what readers took of it."""

from app.services.intake.languages import Found, Language, Sentences, spoken
from app.services.intake.listening.letters import cleaned, lower, plain
from app.services.intake.listening.words import TOKEN, Words

_OF_A_LANGUAGE = frozenset("¿¡")
"""Signs that show a language as its words do."""


def _without_star(text: str) -> tuple[str, bool]:
    """ "*Meghan", "Meghan*": a correction, as people mark one in a chat."""
    bare = text.strip()
    starred = bare.startswith("*") != bare.endswith("*") and bare.count("*") == 1
    return (text.replace("*", " ") if starred else text), starred


class Utterance(Words):
    """A client's message.

    `found` are its phrases by the first part of their label ("ask", "said", "matter" ...). A reader
    that extracts a fact calls `take`, so that later readers skip it. `others` are the places of
    addresses and numbers that are not the client's: the matter's description keeps them.
    """

    __slots__ = (
        "asked", "found", "marks", "others", "perhaps", "raw", "taken", "text", "unclear",
    )  # fmt: skip

    def __init__(self, content: str, present: Language, *, first: bool) -> None:
        self.text, starred = _without_star(cleaned(content))
        low = lower(self.text)
        self.raw = frozenset(map(plain, TOKEN.findall(low)))
        shown = self.raw | _OF_A_LANGUAGE.intersection(low)
        super().__init__(low, spoken(shown, present, first=first))
        self.asked: list[Found] = []
        """The topics that sentences ask about, after `hear_questions`."""
        self.perhaps: str | None = None
        """The likeliest topic of a question whose topic is not clear."""
        self.unclear = False
        """Whether it surely asks something, and what is not clear."""
        self.taken: list[tuple[int, int]] = []
        self.others: list[tuple[int, int]] = []
        self.found: dict[str, list[Found]] = {}
        self.marks: set[str] = set()
        """The labels of all phrases."""
        self._find()
        if starred:
            self.marks.add("said.corrects")

    def _find(self) -> None:
        every = self.language.book.find(Sentences(self.words, self.ends))
        denied: dict[str, set[int]] = {}
        for one in every:
            if one.label.startswith("not."):
                denied.setdefault(one.label[4:], set()).update(range(one.first, one.behind))
        for one in every:
            if not (denied and _is_denied(one, denied)):
                self.marks.add(one.label)
                self.found.setdefault(one.label.partition(".")[0], []).append(one)

    def labels(self, kind: str) -> frozenset[str]:
        """The labels of a kind in this message, without the kind: `said` has "thanks", "yes"."""
        return frozenset([one.label[len(kind) + 1 :] for one in self.found.get(kind, ())])

    def has(self, label: str) -> bool:
        return label in self.marks

    @property
    def topics(self) -> frozenset[str]:
        """What the message asks about."""
        return frozenset([one.label for one in self.asked])

    def spans(self, label: str) -> list[Found]:
        """The phrases with that label."""
        if label not in self.marks:  # most are not there, and a long message has many phrases
            return []
        return [one for one in self.found.get(label.partition(".")[0], ()) if one.label == label]

    def take(self, start: int, behind: int) -> None:
        if behind > start:
            self.taken.append((start, behind))

    def take_value(self, start: int, behind: int) -> None:
        """Take a name or an address, whose words ask nothing and are about no matter: "Hope Price",
        "will.grant@example.com"."""
        self.take(start, behind)
        first, last = self.word_at(start), self.word_at(behind)
        for kind in ("ask", "matter"):
            kept = [one for one in self.found.get(kind, ()) if not first <= one.first < last]
            self.marks -= {one.label for one in self.found.pop(kind, ())}
            self.marks |= {one.label for one in kept}
            if kept:
                self.found[kind] = kept

    def is_taken(self, position: int) -> bool:
        return any(start <= position < behind for start, behind in self.taken)


def _is_denied(one: Found, denied: dict[str, set[int]]) -> bool:
    """Whether a `not.x` phrase overlaps this phrase of x, or of x.y."""
    for label, words in denied.items():
        same = one.label == label or one.label.startswith(f"{label}.")
        if same and not words.isdisjoint(range(one.first, one.behind)):
            return True
    return False
