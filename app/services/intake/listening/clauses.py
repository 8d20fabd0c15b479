"""Where sentences and clauses begin and end."""

from app.services.intake.listening.utterance import Utterance

_OPENS = ("", ",", ";", ".", "!", "\n", "|", "-", "\u2013", "(", ":")
_NEAR = 20


def sentence_begin(said: Utterance, number: int) -> int:
    """The number of the first word of the sentence that a word is in."""
    begin = number
    while begin > 0 and said.ends[begin - 1] > begin:
        begin -= 1
    return begin


def others_before(said: Utterance, number: int) -> bool:
    """Whether somebody else is spoken of in the sentence of a word, before it."""
    before = said.words[sentence_begin(said, number) : number]
    return not said.language.lists["others"].isdisjoint(before)


def begins_clause(said: Utterance, start: int) -> bool:
    """Whether a clause begins at a position of the text: nothing but blanks stands between it and a
    sign like a comma."""
    return said.text[max(0, start - _NEAR) : start].rstrip(" \t")[-1:] in _OPENS


def ends_clause(said: Utterance, end: int) -> bool:
    """Whether nothing follows in the clause, or only "area" or a word like "please"."""
    number, courtesy = said.word_at(end), said.language.lists["courtesy"]
    if number < len(said.words) and said.words[number] in courtesy:
        end = end if said.text[end : said.starts[number]].strip() else said.behinds[number]
    rest = said.text[end : end + _NEAR].lstrip(" \t")
    if rest[:4].lower() == "area":
        rest = rest[4:].lstrip(" \t")
    return rest[:1] in (*_OPENS, "?", ")", "/")
