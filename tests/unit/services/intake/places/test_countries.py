"""The table of countries is Unicode's."""

from tests.unit.services.intake.places.countries import FILE, written


def test_the_table_is_what_babel_has() -> None:
    assert FILE.read_text(encoding="utf-8") == written()
