"""The identity of an intake: what makes two of them one."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.ids import TeamId
from app.domain.intake import Client, Intake, intake_key

TEAM = TeamId.parse("01jq70jnstyfzevc6423czh50e")
OTHER = TeamId.parse("01k0tngnktm4q0ag0xf0a8st0q")
JANE = Client("Jane Doe", "jane@example.com", "+19198296000")
INTAKE = Intake("s-1", JANE, "Family Law", "My husband has moved out.", "Raleigh, NC", "soon")


@pytest.mark.parametrize(
    "same",
    [
        replace(INTAKE, description="He left."),
        replace(INTAKE, location=None, urgency=None),
        replace(INTAKE, matter_type="  family   LAW "),
        replace(INTAKE, client=replace(JANE, name="Jane A. Doe")),
        replace(INTAKE, client=replace(JANE, phone="+19198290000")),
        replace(INTAKE, client=replace(JANE, email="Jane@EXAMPLE.com")),
    ],
)
def test_a_repeat_may_be_worded_differently(same: Intake) -> None:
    assert intake_key(TEAM, same) == intake_key(TEAM, INTAKE)


@pytest.mark.parametrize(
    "other",
    [
        replace(INTAKE, session_id="s-2"),
        replace(INTAKE, session_id=None),
        replace(INTAKE, matter_type="Probate"),
        replace(INTAKE, client=replace(JANE, email="jan@example.com")),
    ],
)
def test_another_session_matter_or_client_is_another_intake(other: Intake) -> None:
    assert intake_key(TEAM, other) != intake_key(TEAM, INTAKE)


def test_the_same_intake_at_another_team_is_another() -> None:
    assert intake_key(OTHER, INTAKE) != intake_key(TEAM, INTAKE)


def test_without_an_address_the_phone_tells_clients_apart() -> None:
    one = replace(INTAKE, client=replace(JANE, email=""))
    other = replace(INTAKE, client=replace(JANE, email="", phone="+19198290000"))
    assert intake_key(TEAM, one) != intake_key(TEAM, other)


texts = st.text(max_size=20)


@settings(deadline=None)
@given(session=st.none() | texts, email=texts, phone=texts, matter=texts)
def test_any_text_makes_a_key_that_may_stand_in_a_path(
    session: str | None, email: str, phone: str, matter: str
) -> None:
    key = intake_key(TEAM, Intake(session, Client("x", email, phone), matter, ""))
    assert len(key) == 32
    assert set(key) <= set("0123456789abcdef")


@settings(deadline=None)
@given(parts=st.lists(texts, min_size=3, max_size=3), cut=st.integers(1, 19))
def test_no_part_can_pose_as_another(parts: list[str], cut: int) -> None:
    session, email, matter = parts
    moved = Intake(session[:cut], Client("x", session[cut:] + email, "p"), matter, "")
    whole = Intake(session, Client("x", email, "p"), matter, "")
    if session[:cut] != session:
        assert intake_key(TEAM, moved) != intake_key(TEAM, whole)
