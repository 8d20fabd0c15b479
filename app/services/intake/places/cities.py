"""A city's name in running text: its extent to the left of a state, or to the right."""

import re
from functools import lru_cache

from app.services.intake.languages import LANGUAGES
from app.services.intake.languages.loading import word_set
from app.services.intake.listening.emails import is_in_an_address
from app.services.intake.places.towns import is_town

_BEGIN_CITIES = word_set("city new great little free white black fort point lake")
_ALSO_NO_CITY = word_set(
    "near to of moved name resident currently reside residing county's zip code is in at from "
    "spelled spelt that's thats it's its i we i'm im my the and but because so he she they"
)
_INSIDE = word_set("of the de la del du le and on upon am")
_NOT_IN_FRONT = _INSIDE - word_set("la le the")
_BEFORE_OF = word_set("isle city village town lake king prince mouth truth port heart valley")
"""Words before the "of" in a city's name."""
_FROM = word_set("de d")
_SHORTENED = word_set("st. ft. mt. ste.")
_DELIMITERS = frozenset(' \t\r\n,;:!?()<>[]{}"/\\|@')
_BLANKS = " \t"
_AROUND = "area"
_MOST_WORDS = 4
_MOST_LOWER = 2
"""Words of a city without capitals and commas; words before them are something else."""
_FIRST_OF_TWO = word_set(
    "north south east west new old fort ft mount mt san santa los las el la saint st high chapel "
    "rocky winston wake holly kings elizabeth roanoke southern atlantic emerald carolina grand "
    "lake palm long little big green white red black blue cape port point spring salt kansas "
    "oklahoma jersey virginia baton des ann corpus colorado cedar sioux iowa"
)
_LONGEST_WORD, _LONGEST_COUNTY = 30, 30
_COUNTY = re.compile(r" (county)\b", re.IGNORECASE)


@lru_cache
def _no_city(language: str) -> frozenset[str]:
    """Words that are in no city's name, in a language."""
    lists = LANGUAGES[language].lists
    words = lists["filler"] | lists["never_name"] | lists["courtesy"] | lists["no_place"]
    words |= _ALSO_NO_CITY | lists["lately"] | (lists["labels"] - lists["particles"])
    short = LANGUAGES[language].short_forms  # "frm", "im"
    return (words | {form for form in short if words.issuperset(short[form])}) - _BEGIN_CITIES


@lru_cache
def _county_of(language: str) -> re.Pattern[str]:
    """ "Condado de" and the like, before a county's name."""
    words = "|".join(sorted(LANGUAGES[language].lists["county_of"])).replace("_", " ")
    return re.compile(rf"(?:{words}) ", re.IGNORECASE)


def _ends_city(word: str, cased: bool, text_inside: bool, language: str) -> bool:
    low = word.lower()
    if cased and text_inside and low in _INSIDE - LANGUAGES[language].lists["from_words"]:
        return False
    if low in _no_city(language) or (low.endswith(".") and low not in _SHORTENED):
        return True
    return cased and word[0].islower()


def spelled(words: list[str]) -> str | None:
    """The city's name with capitals; None where no word is left."""
    begins = 0
    while begins < len(words) and words[begins].lower() in _NOT_IN_FRONT:
        begins += 1
    around = len(words) > 1 and words[-1].lower() == _AROUND
    city = " ".join(words[begins : -1 if around else None])
    if city.islower() or (city.isupper() and len(city) > len("NYC")):
        city = "-".join(part.title() for part in city.split("-"))
    return city or None


def _word_back(text: str) -> str:
    """The last word of a text; "" if it does not end with one."""
    begin = len(text)
    while begin > 0 and text[begin - 1] not in _DELIMITERS and not text[begin - 1].isdigit():
        begin -= 1
    return _from_letter(text[begin:])


def _word_on(text: str, position: int) -> str:
    """The word that begins at a position."""
    end = position
    while end < len(text) and text[end] not in _DELIMITERS and not text[end].isdigit():
        end += 1
        if end - position > _LONGEST_WORD:
            return ""
    return _from_letter(text[position:end])


def _from_letter(word: str) -> str:
    return word if word[:1].isalpha() else ""


def city_before(text: str, position: int, language: str) -> tuple[str | None, int, bool]:
    """The city before a state, its start, and whether a comma separates the two."""
    head = text[max(0, position - _MOST_WORDS * _LONGEST_WORD) : position]
    offset = position - len(head)
    head = head.rstrip()
    comma = head.endswith(",")
    head = head.rstrip(", \t\r\n") if comma else head.removesuffix("(").rstrip()
    found: list[str] = []
    begins = position
    cased = False
    while len(found) < _MOST_WORDS and (word := _word_back(head)):
        cased = cased or word[0].isupper()
        rest = head[: len(head) - len(word)].rstrip(_BLANKS)
        written = offset + len(head) - len(word)
        if is_in_an_address(text, written):
            break
        if _comes_from(rest, word, found):
            known = word in LANGUAGES[language].lists["from_words"]  # what leads to a place there
            begins = begins if known else written
            break
        of_another = word.lower() == "of" and _word_back(rest).lower() not in _BEFORE_OF
        if of_another or _ends_city(word, cased, bool(found), language):
            if is_town(" ".join([word, *found])) and found:  # "Hope Mills"
                found.insert(0, word)
                begins = written
            break
        found.insert(0, word)
        begins = written
        head = rest
    if len(found) > _MOST_LOWER and not cased and not comma:
        kept = found[-2:] if found[-2].lower() in _FIRST_OF_TWO else found[-1:]
        found, begins = kept, text.rindex(kept[0], 0, position)
    county = _county_of(language).search(text, max(0, begins - _LONGEST_COUNTY), begins)
    if county and found and county.end() == begins:  # "Henderson, condado de Vance, NC"
        return f"{spelled(found)} County", county.start(), comma
    return spelled(found), begins, comma


def _comes_from(rest: str, word: str, found: list[str]) -> bool:
    """ "Ana Ruiz de Selma NC", whatever language the client writes; not "Havre de Grace"."""
    longer = " ".join([_word_back(rest), word, *found])
    return word in _FROM and is_town(" ".join(found)) and not is_town(longer)


def city_behind(text: str, position: int, language: str) -> tuple[str | None, int]:
    """The city that begins at a position, and its end."""
    found: list[str] = []
    county_of = _county_of(language).match(text, position)
    ends = position = county_of.end() if county_of else position
    cased = False
    while len(found) < _MOST_WORDS:
        while text[position : position + 1] in (" ", "\t"):
            position += 1
        word = _word_on(text, position)
        full_stop = word.endswith(".") and word.lower() not in _SHORTENED
        word = word.rstrip(".") if full_stop else word
        cased = cased or word[:1].isupper()
        if not word or _ends_city(word, cased, bool(found), language):
            break
        found.append(word)
        position = ends = position + len(word)
        if full_stop:
            break
    while found and found[-1].lower() in _INSIDE:  # "in Hickory and we don't know"
        ends = text.rindex(found.pop(), 0, ends)
        ends = len(text[:ends].rstrip())
    if county_of:  # "el condado de Sampson"
        return (f"{spelled(found)} County", ends) if found else (None, ends)
    county = _COUNTY.match(text, ends) if found else None
    if county and is_town(f"{' '.join(found)} county"):  # "in Onslow county, my husband ..."
        found, ends = [*found, county[1].capitalize()], county.end()
    return spelled(found), ends
