"""States and countries by the names and codes that people and configurations use."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import us

ANY = "all"

_NATIONS = """
AF Afghanistan|AL Albania|DZ Algeria|AD Andorra|AO Angola|AR Argentina|AM Armenia|AU Australia
AT Austria|AZ Azerbaijan|BS Bahamas|BH Bahrain|BD Bangladesh|BB Barbados|BY Belarus|BE Belgium
BZ Belize|BJ Benin|BM Bermuda|BT Bhutan|BO Bolivia|BA Bosnia and Herzegovina|BW Botswana|BR Brazil
BN Brunei|BG Bulgaria|BF Burkina Faso|BI Burundi|KH Cambodia|CM Cameroon|CA Canada|CV Cape Verde
CF Central African Republic|TD Chad|CL Chile|CN China|CO Colombia|KM Comoros|CG Congo|CR Costa Rica
HR Croatia|CU Cuba|CY Cyprus|CZ Czech Republic|CZ Czechia|DK Denmark|DJ Djibouti
DO Dominican Republic|EC Ecuador|EG Egypt|SV El Salvador|ER Eritrea|EE Estonia|SZ Eswatini
ET Ethiopia|FJ Fiji|FI Finland|FR France|GA Gabon|GM Gambia|DE Germany|GH Ghana|GR Greece
GD Grenada|GT Guatemala|GN Guinea|GY Guyana|HT Haiti|HN Honduras|HK Hong Kong|HU Hungary|IS Iceland
IN India|ID Indonesia|IR Iran|IQ Iraq|IE Ireland|IL Israel|IT Italy|CI Ivory Coast|JM Jamaica
JP Japan|JO Jordan|KZ Kazakhstan|KE Kenya|KW Kuwait|KG Kyrgyzstan|LA Laos|LV Latvia|LB Lebanon
LS Lesotho|LR Liberia|LY Libya|LI Liechtenstein|LT Lithuania|LU Luxembourg|MG Madagascar|MW Malawi
MY Malaysia|MV Maldives|ML Mali|MT Malta|MR Mauritania|MU Mauritius|MX Mexico|MD Moldova|MC Monaco
MN Mongolia|ME Montenegro|MA Morocco|MZ Mozambique|MM Myanmar|NA Namibia|NP Nepal|NL Netherlands
NZ New Zealand|NI Nicaragua|NE Niger|NG Nigeria|KP North Korea|MK North Macedonia|NO Norway|OM Oman
PK Pakistan|PS Palestine|PA Panama|PG Papua New Guinea|PY Paraguay|PE Peru|PH Philippines|PL Poland
PT Portugal|QA Qatar|RO Romania|RU Russia|RW Rwanda|SA Saudi Arabia|SN Senegal|RS Serbia
SL Sierra Leone|SG Singapore|SK Slovakia|SI Slovenia|SO Somalia|ZA South Africa|KR South Korea
SS South Sudan|ES Spain|LK Sri Lanka|SD Sudan|SR Suriname|SE Sweden|CH Switzerland|SY Syria
TW Taiwan|TJ Tajikistan|TZ Tanzania|TH Thailand|TG Togo|TT Trinidad and Tobago|TN Tunisia|TR Turkey
TM Turkmenistan|UG Uganda|UA Ukraine|AE United Arab Emirates|GB United Kingdom|US United States
UY Uruguay|UZ Uzbekistan|VE Venezuela|VN Vietnam|YE Yemen|ZM Zambia|ZW Zimbabwe
"""
_ALSO = """
US United States of America|US USA|US U.S.A.|US U.S.|US America|GB UK|GB U.K.|GB Great Britain
GB England|GB Scotland|GB Wales|GB Northern Ireland|AE UAE|CA British Columbia|CA Alberta
CA Ontario|CA Quebec|CA Manitoba|CA Saskatchewan|CA Nova Scotia|CA New Brunswick|CA Newfoundland
"""


@dataclass(frozen=True, slots=True)
class Region:
    """A state of the United States (`country` US), or a country (`state` None)."""

    label: str
    """How a location ends: the state's code, or the country's name."""
    country: str
    state: str | None = None


def _states() -> dict[str, Region]:
    found: dict[str, Region] = {}
    for state in [*us.STATES_AND_TERRITORIES, us.states.DC]:
        region = Region(state.abbr, "US", state.abbr)
        found[state.name.lower()] = found[state.abbr.lower()] = region
    found |= {"d.c.": found["dc"], "washington dc": found["dc"], "washington d.c.": found["dc"]}
    return found


def _countries() -> dict[str, Region]:
    entries = [
        entry for line in (_NATIONS, _ALSO) for entry in line.strip().replace("\n", "|").split("|")
    ]
    names = {entry[:2]: entry[3:] for entry in reversed(entries)}
    return {entry[3:].lower(): Region(names[entry[:2]], entry[:2]) for entry in entries}


STATES: Mapping[str, Region] = _states()
"""By lower-case postal code and by lower-case name."""
COUNTRIES: Mapping[str, Region] = _countries()
"""By lower-case name; Georgia is the state here."""
_COUNTRY_CODES = frozenset(region.country for region in COUNTRIES.values())
STATE_NAMES: Mapping[str, str] = {
    state.abbr: state.name for state in [*us.STATES_AND_TERRITORIES, us.states.DC]
}


def state_codes(entries: Iterable[object]) -> frozenset[str]:
    """Configured states, by code or name, as codes; ANY among them stays."""
    wanted = {str(entry).strip().lower() for entry in entries}
    codes = {region.label for entry in wanted if (region := STATES.get(entry))}
    return frozenset(codes | ({ANY} & wanted))


def country_codes(entries: Iterable[object]) -> frozenset[str]:
    """Configured countries, by code or name, as codes; ANY among them stays."""
    found = set()
    for entry in entries:
        text = str(entry).strip()
        region = COUNTRIES.get(text.lower())
        if region:
            found.add(region.country)
        elif text.upper() in _COUNTRY_CODES:
            found.add(text.upper())
        elif text.lower() == ANY:
            found.add(ANY)
    return frozenset(found)
