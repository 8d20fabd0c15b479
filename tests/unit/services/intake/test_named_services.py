"""A service is named by its whole name, and never by a part of another word."""

import pytest

from app.domain.intake import Message
from app.domain.team import Team
from app.services.intake import RulesEngine
from tests.conversations.teams import with_fields
from tests.teams import NORTH_CAROLINA

TEAM: Team = with_fields(NORTH_CAROLINA, availableServices=["Zoning", "Quilt Law"])


def matter_of(text: str) -> str | None:
    return RulesEngine().turn([Message("user", text)], TEAM).collected.matter_type


@pytest.mark.parametrize("service", ["Zoning", "Quilt Law"])
@pytest.mark.parametrize("around", ["{}", "I need {}.", "{}!", "({})", "{}, please", "about {}"])
def test_a_whole_name_is_the_service(service: str, around: str) -> None:
    assert matter_of(around.format(service.lower())) == service


@pytest.mark.parametrize("around", ["x{}", "{}x", "x{}x", "5{}", "{}5"])
@pytest.mark.parametrize("service", ["zoning", "quilt law"])
def test_a_part_of_a_word_is_none(service: str, around: str) -> None:
    assert matter_of(f"I have a {around.format(service)} to show you") is None
