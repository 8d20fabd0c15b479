"""One message of a client: its text, its words, and its phrases."""

import re
from bisect import bisect_left
from itertools import groupby

from app.services.intake.languages import Found, Language, Sentences, spoken
from app.services.intake.languages.loading import word_set
from app.services.intake.listening.letters import cleaned, lower, plain

_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[.?!;\n]")
_STOPS = ".?!;\n"
_LETTERS = re.compile(r"(?: [^\W\d_]){2}\b")
"""Behind a letter, two more: "a r j u n"."""
_DRAWN_OUT = 3
"""As many equal letters in a row are a way to shout: "pleeease"."""
_SPACES = frozenset(" \t\r\n")
_ABBREVIATIONS = word_set("mr mrs ms dr prof st ft mt jr sr vs no inc ave")
_OF_A_LANGUAGE = frozenset("¿¡")
"""Signs that show a language as its words do."""
_ONE_LETTER = word_set("i a y o e")
"""Words of one letter."""


def _without_star(text: str) -> tuple[str, bool]:
    """ "*Meghan", "Meghan*": a correction, as people mark one in a chat."""
    bare = text.strip()
    starred = bare.startswith("*") != bare.endswith("*") and bare.count("*") == 1
    return (text.replace("*", " ") if starred else text), starred


class Utterance:
    """A client's message.

    `words` are lower case, without accents, with short forms expanded ("i'm" is two words) and
    common typing errors corrected; `starts` and `behinds` are the start and end of each in `text`,
    `ends` the number of the word after its sentence. `found` are its phrases by the first part of
    their label ("ask", "said", "matter" ...). A reader that extracts a fact calls `take`, so that
    later readers skip it. `others` are the places of addresses and numbers that are not the
    client's: the matter's description keeps them.
    """

    __slots__ = (
        "asked", "asks", "behinds", "ends", "found", "language", "low", "marks", "others",
        "perhaps", "raw", "starts", "taken", "text", "unclear", "words",
    )  # fmt: skip

    def __init__(self, content: str, present: Language, *, first: bool) -> None:
        self.text, starred = _without_star(cleaned(content))
        self.low = lower(self.text)
        self.raw = frozenset(map(plain, _TOKEN.findall(self.low)))
        self.language = spoken(
            self.raw | _OF_A_LANGUAGE.intersection(self.low), present, first=first
        )
        self.words: list[str] = []
        self.starts: list[int] = []
        self.behinds: list[int] = []
        self.ends: list[int] = []
        self.asks: set[int] = set()
        """The numbers of the words behind each sentence that ends with a question mark."""
        self.asked: list[Found] = []
        """The topics that sentences ask about, after `hear_questions`."""
        self.perhaps: str | None = None
        """The likeliest topic of a question whose topic is not clear."""
        self.unclear = False
        """Whether it surely asks something, and what is not clear."""
        self.taken: list[tuple[int, int]] = []
        self.others: list[tuple[int, int]] = []
        self._split()
        self.found: dict[str, list[Found]] = {}
        self.marks: set[str] = set()
        """The labels of all phrases."""
        self._find()
        if starred:
            self.marks.add("said.corrects")

    def _split(self) -> None:
        short, phrased = self.language.short_forms, self.language.book.words
        common = self.language.common
        words, starts, behinds = self.words, self.starts, self.behinds
        for match in _TOKEN.finditer(self.low):
            piece, start, behind = match[0], match.start(), match.end()
            if piece in _STOPS:
                if piece != "." or self._is_full_stop(behind):
                    self._end(piece)
                continue
            word = piece if piece.isascii() else plain(piece)
            forms = short.get(word)
            if forms is None:
                if "'" in word or (word not in phrased and word not in common):
                    forms = self._unknown(word)
            elif len(piece) == 1 and (
                self.low[behind : behind + 1] == "."
                or self._spells()
                or _LETTERS.match(self.low, behind)
            ):
                forms = None
            for form in forms or (word,):
                words.append(form)
                starts.append(start)
                behinds.append(behind)
        self._end("")

    def _spells(self) -> bool:
        """Whether the word before is a letter: "h s u" has no "you"."""
        return bool(self.words) and len(self.words[-1]) == 1 and self.words[-1] not in _ONE_LETTER

    def _unknown(self, word: str) -> tuple[str, ...] | None:
        """A word with "'s" after it, drawn out ("pleeease"), or with a typing error."""
        if "'" in word:
            return (word[:-2], "'s") if word.endswith("'s") else None
        if word.isdecimal():
            return None
        for short in _shortened(word):
            if self.language.knows(short):
                return self.language.short_forms.get(short, (short,))
        return (self.language.spelling.meant(word),)

    def _is_full_stop(self, behind: int) -> bool:
        if behind < len(self.low) and self.low[behind] not in _SPACES:
            return False
        last = self.words[-1] if self.words else ""
        initial = len(last) == 1 and last.isalpha() and last != "i"
        return behind == len(self.low) or not (initial or last in _ABBREVIATIONS)

    def _end(self, mark: str) -> None:
        behind = len(self.words)
        if len(self.ends) < behind:
            self.ends.extend([behind] * (behind - len(self.ends)))
        if mark == "?":
            self.asks.add(behind)

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

    def word_at(self, position: int) -> int:
        """The number of the first word that begins at or after a position of the text."""
        return bisect_left(self.starts, position)

    def take(self, start: int, behind: int) -> None:
        if behind > start:
            self.taken.append((start, behind))

    def take_name(self, start: int, behind: int) -> None:
        """Take a name, whose words ask nothing and are about no matter: "Hope Price", "Thi Hoa"."""
        self.take(start, behind)
        first, last = self.word_at(start), self.word_at(behind)
        for kind in ("ask", "matter"):
            kept = [one for one in self.found.get(kind, ()) if not first <= one.first < last]
            self.marks -= {one.label for one in self.found.pop(kind, ())}
            self.marks |= {one.label for one in kept}
            if kept:
                self.found[kind] = kept

    def written(self, number: int) -> str:
        """A word as the client wrote it, in lower case and without accents: in an address or a name
        nothing is a typing error."""
        return plain(self.low[self.starts[number] : self.behinds[number]])

    def is_taken(self, position: int) -> bool:
        return any(start <= position < behind for start, behind in self.taken)


def _shortened(word: str) -> tuple[str, ...]:
    """A word with one or two of each letter that is drawn out; nothing if none is."""
    runs = [(letter, len(list(run))) for letter, run in groupby(word)]
    if all(many < _DRAWN_OUT for _, many in runs):
        return ()
    return tuple(
        "".join(letter * (many if many < _DRAWN_OUT else kept) for letter, many in runs)
        for kept in (1, 2)
    )


def _is_denied(one: Found, denied: dict[str, set[int]]) -> bool:
    """Whether a `not.x` phrase overlaps this phrase of x, or of x.y."""
    for label, words in denied.items():
        same = one.label == label or one.label.startswith(f"{label}.")
        if same and not words.isdisjoint(range(one.first, one.behind)):
            return True
    return False
