"""`python -m tests.unit.services.intake.places.countries`: writes places/countries.txt anew.

The names are Unicode's (CLDR, by Babel), in each language of the conversation. The service reads
the file, because Babel would cost each worker 6 MB of memory.
"""

from collections.abc import Iterator
from pathlib import Path

from babel import Locale

from app.services.intake import places
from app.services.intake.languages import LANGUAGES

FILE = Path(places.__file__).parent / "countries.txt"
_ALSO_STATES = frozenset({"PR", "GU", "VI", "AS", "MP"})
_NO_COUNTRIES = frozenset({"ZZ", "EU", "EZ", "UN", "XA", "XB", "QO"})
_HEAD = "# Countries in the languages of the conversation. Source: Unicode's CLDR, by Babel.\n"


def _lines() -> Iterator[str]:
    named = [Locale(code).territories for code in LANGUAGES]
    codes = {code for code in named[0] if len(code) == 2 and code.isalpha()}
    for code in sorted(codes - _ALSO_STATES - _NO_COUNTRIES):
        yield f"{code} {'|'.join(dict.fromkeys(names[code] for names in named))}\n"


def written() -> str:
    return _HEAD + "".join(_lines())


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
