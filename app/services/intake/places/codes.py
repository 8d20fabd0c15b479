"""Places that are told by a code: ZIP codes, and military addresses."""

import re

from app.services.intake.listening.utterance import Utterance
from app.services.intake.places.cities import city_before, city_behind
from app.services.intake.places.mentions import MOST, Mention
from app.services.intake.places.regions import NATION, Region
from app.services.intake.places.towns import is_town
from app.services.intake.places.zips import state_of_zip

_ANY_ZIP = re.compile(r"(?<![\w-])(\d{5})(?:-\d{4})?(?![\w-])")
_MILITARY = re.compile(r"\b(apo|fpo|dpo)[\s,]{1,3}(aa|ae|ap)(?:[\s,]{1,3}(\d{5}))?\b")


def zip_mentions(said: Utterance, *, asked: bool) -> list[Mention]:
    """ZIP codes, with a city before them; they count as an answer, or if called a ZIP code."""
    if not any(map(str.isdigit, said.text)):
        return []
    found: list[Mention] = []
    called = not said.language.lists["zip_words"].isdisjoint(said.words)
    for match in _ANY_ZIP.finditer(said.text):
        state = state_of_zip(match[1])
        if state is None or said.is_taken(match.start()) or len(found) == MOST:
            continue
        city, start, comma = city_before(said.text, match.start(), said.language.code)
        end = match.end()
        if not (city and is_town(city)):  # "28205 Charlotte"
            behind, after = city_behind(said.text, end, said.language.code)
            if behind and is_town(behind):
                city, start, end = behind, match.start(), after
        if asked or called or (city and is_town(city)):
            region = Region(state, NATION, state)
            found.append(Mention(region, match[0], False, start, end, city, comma))
    return found


def military_address(said: Utterance) -> tuple[str, int, int] | None:
    """ "APO AE 09012", and its place in the text."""
    match = _MILITARY.search(said.low)
    return (match[0].upper(), match.start(), match.end()) if match else None
