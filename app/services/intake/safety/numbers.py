"""Emergency numbers by country, checked against the metadata of libphonenumber."""

from functools import cache
from typing import Final

from phonenumbers import is_emergency_number

from app.services.intake.places.regions import NATION

_EVERYWHERE: Final = "112"
"""For countries without an entry below: GSM networks forward it to the local emergency service."""
_IN_USE: Final = """
    999 000 111 190 110 113 911 112 119 115 118 122 133 144 155 158 17 15 18 100 101 102 103 108 117
    123 105 106 107 120 150 191 193 194 197 198 199 995 997 998
"""
"""Numbers for the police or for all emergencies first, then those for fire brigade and doctors."""
_MOST = 2


@cache
def emergency_number(country: str) -> str:
    """The one or two emergency numbers, by ISO 3166 code: "999 / 112"."""
    if country == NATION:
        return "911"
    found = [number for number in _IN_USE.split() if is_emergency_number(number, country)]
    return " / ".join(found[:_MOST]) or _EVERYWHERE
