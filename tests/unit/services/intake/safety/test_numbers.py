"""Emergency numbers by country."""

import pytest
from phonenumbers import SUPPORTED_REGIONS, is_emergency_number

from app.services.intake.safety import emergency_number


@pytest.mark.parametrize(
    ("country", "number"),
    [
        ("US", "911"),
        ("GB", "999 / 112"),
        ("DE", "110 / 112"),
        ("MX", "911"),
        ("AU", "000 / 112"),
        ("AQ", "112"),
    ],
)
def test_a_country_has_its_own_numbers(country: str, number: str) -> None:
    assert emergency_number(country) == number


@pytest.mark.parametrize("country", sorted(SUPPORTED_REGIONS))
def test_every_number_is_one_of_the_country(country: str) -> None:
    for number in emergency_number(country).split(" / "):
        assert number == "112" or is_emergency_number(number, country)
