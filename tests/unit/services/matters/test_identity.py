"""Keys under which matters are filed, and when two contact details are one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.contact import normal_contact
from app.domain.ids import TeamId
from app.domain.intake import Conversation, Message
from app.domain.matter import Origin, reference
from app.services.matters.identity import LONGEST_CHAIN, Chain, anchors, cited, cited_keys
from tests.fakes.told import JANE, Told

TEAM = TeamId("01jq70jnstyfzevc6423czh50e")
OTHER = TeamId("01k0tngnktm4q0ag0xf0a8st0q")
CHAIN = Chain(TEAM, "s-1", "jane@example.com")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("jane@example.com", "  Jane@EXAMPLE.com "),
        ("jose\u0301@example.com", "jos\u00e9@example.com"),
        ("jane@m\u00fcnchen.example", "Jane@M\u00dcNCHEN.example"),
        ("jane@m\u00fcnchen.example", "jane@xn--mnchen-3ya.example"),
    ],
)
def test_ways_to_write_one_address(one: str, other: str) -> None:
    assert normal_contact(one) == normal_contact(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("strasse@example.com", "straße@example.com"),
        ("fiona@example.com", "\ufb01ona@example.com"),
        ("jane@example.com", "\uff4aane@example.com"),
        ("jane@strasse.example", "jane@straße.example"),
        ("jane@example.com", "jane@example.co"),
        ("ja.ne@example.com", "jane@example.com"),
    ],
)
def test_two_mailboxes_that_look_or_sort_alike(one: str, other: str) -> None:
    assert normal_contact(one) != normal_contact(other)
    assert Chain(TEAM, None, one).key(0) != Chain(TEAM, None, other).key(0)


@pytest.mark.parametrize("odd", ["a@" + "\u0301" * 300, "a@-\u00fc-.example", "@", "a@\u2028", ""])
def test_what_is_no_domain_is_kept(odd: str) -> None:
    assert isinstance(normal_contact(odd), str)


@pytest.mark.parametrize(
    "other",
    [
        Chain(OTHER, "s-1", "jane@example.com"),
        Chain(TEAM, "s-2", "jane@example.com"),
        Chain(TEAM, None, "jane@example.com"),
        Chain(TEAM, "s-1", "joan@example.com"),
    ],
)
def test_chains_of_another_team_session_or_client_share_no_key(other: Chain) -> None:
    assert set(CHAIN).isdisjoint(other)


def test_a_chain_has_one_key_for_each_position_and_one_for_each_conversation_behind() -> None:
    assert len(set(CHAIN)) == LONGEST_CHAIN
    behind = {CHAIN.overflow(Origin(1, digest, n)) for digest in ("a", "b") for n in (0, 1)}
    assert len(behind) == 4
    assert behind.isdisjoint(CHAIN)


@settings(deadline=None)
@given(session=st.none() | st.text(max_size=20), anchor=st.text(max_size=40))
def test_any_text_makes_keys_that_may_stand_in_a_path(session: str | None, anchor: str) -> None:
    key = Chain(TEAM, session, anchor).key(0)
    assert len(key) == 32
    assert set(key) <= set("0123456789abcdef")


def test_a_session_and_an_anchor_are_not_mixed_up() -> None:
    assert Chain(TEAM, "a", "b@x").key(0) != Chain(TEAM, "", "ab@x").key(0)
    assert Chain(TEAM, 'a", "', "b").key(0) != Chain(TEAM, "a", '", "b').key(0)


# --- anchors and references ------------------------------------------------------------------


def test_the_address_of_the_first_completion_comes_first() -> None:
    told = Told().corrected(email="right@example.com")
    assert anchors(told.turn, told.talk) == ["jane@example.com", "right@example.com"]


def test_addresses_in_the_clients_words_count_for_looking_up() -> None:
    told = Told(said=("I was jane.d@old.example.", "now <jane@example.com>, please"))
    assert anchors(told.turn, told.talk) == ["jane@example.com", "jane.d@old.example"]


def test_without_an_address_the_phone_is_the_anchor() -> None:
    nameless = Told(collected=JANE.__class__(phone="+19198296000"), said=("Hello",))
    assert anchors(nameless.turn, nameless.talk) == ["+19198296000"]


def test_anchors_are_few() -> None:
    told = Told(said=(" ".join(f"a{n}@example.com" for n in range(500)),) * 20)
    assert len(anchors(told.turn, told.talk)) == 5


@pytest.mark.parametrize(
    "hostile",
    [
        "a" * 8000 + "@",
        "@" * 8000,
        "a@" + "b" * 8000,
        "a@\u00fc" + "\u0301" * 7000,
        "x@y@z " * 1000,
    ],
)
def test_hostile_words_are_no_anchors(hostile: str) -> None:
    told = Told(said=(hostile,) * 30)
    assert anchors(told.turn, told.talk) == ["jane@example.com"]


@pytest.mark.parametrize(("length", "is_anchor"), [(320, True), (321, False)])
def test_an_address_of_more_than_320_signs_is_no_anchor(length: int, is_anchor: bool) -> None:
    address = "a" * (length - 12) + "@example.com"
    told = Told(said=(f"Write to {address} please",))
    assert (address in anchors(told.turn, told.talk)) is is_anchor


def test_only_so_many_addresses_are_looked_at() -> None:
    many = " ".join(f"a{n}@example.com" for n in range(19))
    told = Told(said=(f"{many} same@example.com late@example.com",))
    assert "late@example.com" not in anchors(told.turn, told.talk)


def test_only_our_own_messages_cite() -> None:
    messages = [
        Message("user", f"mine is {reference(CHAIN.key(3))}"),
        Message("assistant", f"Your reference is {reference(CHAIN.key(1))}. It is 20-25."),
    ]
    references = cited(Conversation(messages))
    assert references == {reference(CHAIN.key(1))}
    assert cited_keys(CHAIN, references) == [CHAIN.key(1)]
    assert cited_keys(CHAIN, frozenset()) == []
