"""Addresses that are spelled out in words: "jane dot doe at gmail dot com"."""

from collections.abc import Iterator, Mapping

from app.services.intake.listening.clauses import sentence_begin
from app.services.intake.listening.emails import at_provider, is_in_an_address, parse_email
from app.services.intake.listening.spoken_numbers import digits_of_row, number_at
from app.services.intake.listening.utterance import Utterance

_LONGEST_ADDRESS = 12
"""Words of a spelled address on one side of the at sign."""
_MOST_NAMES = 3
_TOP_LEVEL = range(2, 7)


def _signs(said: Utterance) -> Mapping[str, str]:
    lists = said.language.lists
    signs = dict.fromkeys(lists["dot_sign"], ".")
    signs |= dict.fromkeys(lists["underscore_sign"], "_")
    return signs | dict.fromkeys(lists["dash_sign"], "-")


def _text_behind(said: Utterance, number: int) -> str:
    """The text between a word and the next."""
    return said.text[said.behinds[number] : said.starts[number + 1]]


def spoken_emails(said: Utterance) -> Iterator[tuple[str | None, int, int, bool]]:
    """Each spelled address; a written point counts like "dot". The flag is False for words that may
    be none: "look at walmart dot com"."""
    signs, ats = _signs(said), said.language.lists["at_sign"]
    for at, word in enumerate(said.words):
        if word not in ats or _leads_to_written(said, at):
            continue
        local, first = _local(said, at, signs)
        domain, behind = _domain(said, at, signs)
        value = parse_email(f"{local}@{domain}") if local and "." in domain else None
        if value:
            surely = _surely(said, value, first, behind)
            yield value, said.starts[first], said.behinds[behind - 1], surely


def _leads_to_written(said: Utterance, at: int) -> bool:
    """ "Email me at first.last@school.edu": the address behind is not spelled out."""
    behind = said.starts[at + 1 : at + 2]
    return "@" in said.text and bool(behind) and is_in_an_address(said.text, behind[0])


def _surely(said: Utterance, value: str, first: int, behind: int) -> bool:
    """Nothing else was said; or the part before the at sign is no word of the language, and begins
    a sentence or is at a well-known provider."""
    local = value.partition("@")[0]
    begins = first == 0 or said.ends[first - 1] == first
    if (begins and behind == len(said.words)) or not local.isalpha():
        return True
    return (begins or at_provider(value)) and not said.language.knows(local)


def _local(said: Utterance, at: int, signs: Mapping[str, str]) -> tuple[str, int]:
    """The words before the at sign that are joined by signs, and the first one's number."""
    first = _last_of_local(said, at)
    if first < 0:
        return "", at
    digits, first = _digits_until(said, first)
    names = _names_until(said, first if digits else first + 1)
    if names < first:
        return "".join(map(said.written, range(names, first + (not digits)))) + digits, names
    parts = [digits or said.written(first)]
    while first > 0 and at - first < _LONGEST_ADDRESS:
        pair = "_".join(said.words[max(0, first - 2) : first])
        if first > 2 and pair in signs:  # "guion bajo"
            parts += [signs[pair], said.written(first - 3)]
            first -= 3
        elif first > 1 and said.words[first - 1] in signs:
            parts += [signs[said.words[first - 1]], said.written(first - 2)]
            first -= 2
        elif _text_behind(said, first - 1) in (".", "_", "-"):
            parts += [_text_behind(said, first - 1), said.written(first - 1)]
            first -= 1
        elif _belongs(said, first):
            parts.append(said.written(first - 1))
            first -= 1
        else:
            break
    parts[0] = parts[0] if len(parts) > 1 else said.written(first)
    return "".join(reversed(parts)), first


def _says_how(said: Utterance, number: int) -> bool:
    """Whether a word is about the address: "all lowercase", "no spaces"."""
    return any(one.first <= number < one.behind for one in said.spans("said.together"))


def _last_of_local(said: Utterance, at: int) -> int:
    """The word before the at sign, or before "jane poe, no spaces, at ..."."""
    return next((one.first for one in said.spans("said.together") if one.behind == at), at) - 1


def _digits_until(said: Utterance, last: int) -> tuple[str, int]:
    """ "Rosie nineteen eighty four at ...": the digits of a number in words that ends with a word,
    and its first word."""
    first = last
    while first > 0 and number_at(said, first) and number_at(said, first - 1):
        first -= 1
    return (digits_of_row(said, first)[0] if number_at(said, first) else ""), first


def _names_until(said: Utterance, behind: int) -> int:
    """ "Cody Mcswain at ...", "hope price 7 at ...": the first of the words before `behind` that
    are names, at the begin of a sentence or behind a filler; `behind` where there is none."""
    first = behind
    while first > 0 and behind - first < _MOST_NAMES and _is_name(said, first - 1):
        first -= 1
    words = said.words[first:behind]
    filler = said.language.lists["filler"].issuperset(said.words[first - 1 : first])
    begins = filler or first == sentence_begin(said, behind - 1)
    announced = any(one.behind == first for one in said.found.get("name", ()))
    whole = any(word in words[-1] for word in words[:-1])  # "Tom Ruiz truiz at ..."
    return behind if announced or whole or not begins or len(set(words)) < len(words) else first


def _is_name(said: Utterance, number: int) -> bool:
    """Whether nothing stands between the word and the next, and it may be a name."""
    word, lists = said.words[number], said.language.lists
    too = word in lists["given_too"] | lists["family_too"]
    name = len(word) > 1 and word.isalpha() and (too or not said.language.knows(word))
    name = name and word not in lists["labels"] and not _says_how(said, number)
    return name and word not in _signs(said) and not _text_behind(said, number).strip()


def _belongs(said: Utterance, number: int) -> bool:
    """Whether the word before is in the same address, without a sign between: "l e e", "d poe",
    "amy poe 82", "amy poe at ..., no spaces"."""
    before, filler = said.words[number - 1], said.language.lists["filler"]
    signs = _signs(said)
    if said.has("said.together") and before not in filler and not _says_how(said, number - 1):
        return True
    if number_at(said, number):
        return before not in filler or said.words[max(0, number - 2)] in signs
    return len(before) == 1 and (len(said.words[number]) == 1 or before not in filler)


def _domain(said: Utterance, at: int, signs: Mapping[str, str]) -> tuple[str, int]:
    """The words behind the at sign that are joined by points, and the number behind the last. The
    point of a well-known provider may be missing."""
    behind = at + 2
    if behind > len(said.words):
        return "", behind
    parts = [said.written(at + 1)]
    while behind < len(said.words) and behind - at < _LONGEST_ADDRESS:
        if behind + 1 < len(said.words) and said.words[behind] in signs:
            parts += [signs[said.words[behind]], said.written(behind + 1)]
            behind += 2
        elif _text_behind(said, behind - 1) == ".":
            parts += [".", said.written(behind)]
            behind += 1
        else:
            break
    if len(parts) == 1 and behind < len(said.words):
        # "gmail com"
        spoken = f"{parts[0]}.{said.written(behind)}"
        if at_provider(f"@{spoken}"):
            return spoken, behind + 1
    top = parts[-1]
    return ("".join(parts) if len(top) in _TOP_LEVEL and top.isalpha() else ""), behind
