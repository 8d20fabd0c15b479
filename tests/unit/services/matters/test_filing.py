"""What becomes of a matter over the turns of a conversation, and beside other clients' matters."""

from dataclasses import replace

import pytest

from app.domain.intake import Client, FurtherMatter
from app.domain.matter import BillState, Matter, Origin, reference
from app.domain.payment import Method, Payment, Reason
from app.domain.team import ResolvedTeam
from app.domain.worklist import Kind
from app.services.matters.filing import Filed
from app.services.matters.identity import LONGEST_CHAIN, Chain
from app.services.matters.turn_reads import MOST_READS
from tests.fakes.resolution import LINK, resolved_team
from tests.fakes.told import JANE, Told
from tests.unit.services.payments.test_invoicing import TEAM, World

TEAM_ID = TEAM.team.team_id
FIRED = FurtherMatter(3, "I was fired from my job without notice.", "Employment Law")


@pytest.fixture
def world() -> World:
    return World()


def filed(world: World, told: Told = Told(), team: ResolvedTeam = TEAM) -> Filed:  # noqa: B008
    outcome = world.file(team, told)
    assert outcome is not None
    return outcome


def matter_of(outcome: Filed) -> Matter:
    assert outcome.matter
    return outcome.matter


def is_repeat_of(first: Filed, later: Filed) -> bool:
    """Whether both are about one matter, with one payment, and all of the later is on record."""
    same = (matter_of(first).key, first.payment) == (matter_of(later).key, later.payment)
    return same and later.stored and later.repeat


def on_record(world: World, outcome: Filed) -> Matter:
    return world.stores.matters[TEAM_ID][matter_of(outcome).key]


def test_a_finished_intake_is_on_record_with_all_that_was_told(world: World) -> None:
    outcome = filed(world)
    assert (outcome.stored, outcome.repeat) == (True, False)
    matter = on_record(world, outcome)
    assert matter.client == Client("Jane Doe", "jane@example.com", "+19198296000", "Raleigh, NC")
    assert [said.text for said in matter.words] == ["My husband has moved out."]
    assert (matter.matter_type, matter.urgency) == ("Family Law", "normal")
    assert (matter.session_id, matter.language, matter.opened_at) == ("session-1", "en", None)


@pytest.mark.parametrize(
    "team",
    [TEAM, resolved_team(requires_payment=False), resolved_team(enabled=False)],
)
def test_every_matter_is_on_the_worklist_until_it_is_opened(
    world: World, team: ResolvedTeam
) -> None:
    matter = matter_of(filed(world, team=team))
    ((item, _),) = world.worklist.items[Kind.MATTER].values()
    assert (item.at, item.team_id, item.key) == (matter.created_at, TEAM_ID, matter.key)


def test_an_unfinished_intake_is_not_looked_for(world: World) -> None:
    talk = Told(workflow="intake", missing=("phone", "email"), collected=replace(JANE, email=None))
    assert world.file(told=replace(talk, said=("Hello", "I am Jane Doe"))) is None
    assert world.file(told=replace(talk, workflow="out_of_scope", said=("Hello",))) is None
    assert world.script.steps == []


# --- the same conversation, later -------------------------------------------------------------


def test_a_later_turn_is_a_repeat(world: World) -> None:
    first = filed(world)
    later = filed(world, Told().then("Thanks!"))
    assert is_repeat_of(first, later)
    assert len(world.matters) == 1


def test_a_correction_goes_into_the_record_and_makes_no_other_invoice(world: World) -> None:
    first = filed(world)
    told = Told().corrected(email="right@example.com", phone="+17045550000")
    corrected = filed(world, told)
    assert corrected.payment == first.payment
    matter = on_record(world, corrected)
    assert [client.email for client in matter.clients] == ["jane@example.com", "right@example.com"]
    assert matter.client.phone == "+17045550000"
    assert matter.revision == 2
    assert world.stores.destroyed == [(matter.key, matter.version - 1)]
    assert filed(world, told.then("Thanks!")).payment == first.payment
    assert on_record(world, first).revision == 2
    assert (len(world.matters), len(world.invoices)) == (1, 1)


@pytest.mark.parametrize("session", ["session-1", None])
def test_a_client_who_begins_anew_with_the_right_address_is_known(
    world: World, session: str | None
) -> None:
    first = filed(world, Told(session_id=session))
    filed(world, Told(session_id=session).corrected(email="right@example.com"))
    right = replace(JANE, email="right@example.com")
    anew = Told(said=("Hi", "right@example.com"), session_id=session, collected=right)
    assert is_repeat_of(first, filed(world, anew))
    assert is_repeat_of(first, filed(world, anew.then("Thanks!")))
    other = replace(anew, collected=replace(right, description="I was fired"))
    assert not filed(world, other).repeat
    assert (len(world.matters), len(world.invoices)) == (2, 2)


def test_a_correction_is_stored_only_with_its_link(world: World) -> None:
    first = filed(world)
    world.script.add("link", "away")
    assert not filed(world, Told().corrected(email="right@example.com")).stored
    assert on_record(world, first).client.email == "jane@example.com"


def test_a_correction_before_the_matter_could_be_stored_is_in_it(world: World) -> None:
    world.script.add("read", "away")
    assert not filed(world).stored
    matter = on_record(world, filed(world, Told().corrected(email="right@example.com")))
    assert [client.email for client in matter.clients] == ["jane@example.com", "right@example.com"]
    right = replace(JANE, email="right@example.com")
    anew = filed(world, Told(said=("Hi", "right@example.com"), collected=right))
    assert (anew.repeat, len(world.invoices)) == (True, 1)


def test_a_correction_that_cannot_be_stored_is_not_claimed(world: World) -> None:
    first = filed(world)
    world.script.add("write", "away")
    outcome = filed(world, Told().corrected(email="right@example.com"))
    assert outcome == Filed(
        first.payment, outcome.matter, stored=False, repeat=True, store_away=True
    )
    assert on_record(world, first).client.email == "jane@example.com"
    assert filed(world, Told().corrected(email="right@example.com")).stored


def test_a_correction_meets_other_writes_and_is_kept(world: World) -> None:
    first = filed(world)

    def is_opened() -> None:
        matter = on_record(world, first)
        opened = replace(matter, opened_at=world.clock.now(), version=matter.version + 1)
        world.stores.matters[TEAM_ID][matter.key] = opened

    world.script.add("write", is_opened, is_opened)
    filed(world, Told().corrected(email="right@example.com"))
    matter = on_record(world, first)
    assert matter.client.email == "right@example.com"
    assert matter.opened_at


def test_new_words_are_added_once(world: World) -> None:
    filed(world)
    more = replace(JANE, description="My husband has moved out. He took the car.")
    told = Told().then("He took the car.", collected=more)
    matter = on_record(world, filed(world, told))
    filed(world, told.then("Thanks!"))
    assert [said.text for said in matter.words] == [JANE.description, "He took the car"]
    assert on_record(world, filed(world, told)).words == matter.words


@pytest.mark.parametrize("value", ["email", "phone", "name", "location"])
def test_a_late_copy_of_a_former_request_changes_nothing(world: World, value: str) -> None:
    told = Told()
    first = filed(world, told)
    now = told.corrected(**{value: "right@example.com"})
    filed(world, now)
    before = on_record(world, first)
    assert getattr(before.client, value) == "right@example.com"
    for late in (told, told.then("Thanks!"), told.then("Thanks!", "Bye", "Hello?")):
        assert is_repeat_of(first, filed(world, late))
        assert on_record(world, first) == before
    back = now.corrected(**{value: getattr(JANE, value)})
    filed(world, back)
    assert getattr(on_record(world, first).client, value) == getattr(JANE, value)
    assert is_repeat_of(first, filed(world, now))
    assert getattr(on_record(world, first).client, value) == getattr(JANE, value)


def test_two_tabs_correct_different_details_and_neither_undoes_the_other(world: World) -> None:
    first = filed(world)
    one = Told().then("The phone", collected=replace(JANE, phone="+17045550000"))
    other = Told().then("The address", collected=replace(JANE, email="right@example.com"))
    for told in (one, other, one.then("Thanks!"), other.then("Thanks!"), one, other):
        filed(world, told)
    client = on_record(world, first).client
    assert (client.phone, client.email) == ("+17045550000", "right@example.com")


def test_an_invoice_goes_to_the_corrected_address_although_a_late_copy_asks_for_it(
    world: World,
) -> None:
    world.script.add("search", "unavailable", "unavailable")
    filed(world)
    filed(world, Told().corrected(email="right@example.com"))
    filed(world)
    (account,) = world.blawby.accounts.values()
    assert [client.email for client in account.customers.values()] == ["right@example.com"]


def test_another_conversation_never_changes_the_clients_details(world: World) -> None:
    """Whoever knows the client's details can describe the same matter."""
    first = filed(world)
    stranger = replace(JANE, phone="+17045559999", location="Charlotte, NC")
    told = Told(said=("Hi", "My husband has moved out"), collected=stranger)
    assert is_repeat_of(first, filed(world, told))
    again = told.corrected(email="evil@example.com", name="Jane Evil")
    assert is_repeat_of(first, filed(world, again))
    matter = on_record(world, first)
    assert matter.clients == (
        Client("Jane Doe", "jane@example.com", "+19198296000", "Raleigh, NC"),
    )
    said = " ".join(words.text for words in matter.words)
    for value in ("+17045559999", "Charlotte, NC", "evil@example.com", "Jane Evil"):
        assert said.count(value) == 1
    evil = replace(JANE, email="evil@example.com", name="Jane Evil")
    assert not filed(world, Told(said=("Hi", "evil@example.com"), collected=evil)).repeat


def test_a_record_does_not_grow_without_end_and_what_is_not_in_it_is_said(world: World) -> None:
    told = Told()
    first = filed(world, told)
    for number in range(100):
        words = f"My husband has moved out, part {number}."
        told = told.then(words, collected=replace(JANE, description=words, name=f"Jane {number}"))
        outcome = filed(world, told)
        texts = [said.text for said in on_record(world, first).words]
        assert bool(outcome.dropped) != any(f"part {number}" in text for text in texts)
    matter = on_record(world, outcome)
    assert (len(matter.words), len(matter.clients)) == (61, 10)
    assert matter.words[0].text == JANE.description
    assert [n for n, said in enumerate(matter.words) if "record is full" in said.text] == [60]
    assert world.full == [(TEAM_ID, matter.key)] * 41
    assert matter.client.name == "Jane 99"


def test_other_conversations_leave_room_in_a_record(world: World) -> None:
    first = filed(world)
    for number in range(100):
        words = f"My husband has moved out, part {number}."
        filed(world, Told(said=("Hi", words), collected=replace(JANE, description=words)))
    assert len(on_record(world, first).words) == 30
    more = replace(JANE, description="My husband has moved out. He took the car.")
    assert filed(world, Told().then("He took the car", collected=more)).stored


def test_messages_that_the_intake_read_only_in_part_are_on_record_as_a_whole(world: World) -> None:
    """Its description has 120 characters of each after the first 16,000."""
    long = [f"message {number} " + "word " * 1500 + f"end {number}" for number in range(9)]
    told = Told(said=("Hello", *long[:5]), completed_at=6)
    outcome = filed(world, told)
    texts = [said.text for said in on_record(world, outcome).words]
    assert texts == [JANE.description, *long[2:5]]
    later = filed(world, told.then(*long[5:]))
    texts = [said.text for said in on_record(world, outcome).words]
    assert texts[1:8] == long[2:]
    assert (later.stored, later.dropped) == (True, ())
    full = filed(world, told.then(*long[5:], "x" * 8000))
    assert full.dropped == ("x" * 8000,)
    at_once = filed(world, Told(said=("Hi", *long, "x" * 8000), collected=replace(JANE, name="Jo")))
    assert at_once.dropped == ("x" * 8000,)


def test_a_record_stays_small_enough_for_vault(world: World) -> None:
    told = Told()
    for number in range(10):
        words = f"My husband has moved out, part {number} " + "x" * 30_000
        told = told.then(words, collected=replace(JANE, description=words))
        outcome = filed(world, told)
    texts = [said.text for said in on_record(world, outcome).words]
    assert "part 0" in texts[0]
    assert sum(map(len, texts)) <= 60_100
    assert "part 9" in outcome.dropped[0]


@pytest.mark.parametrize(
    "team",
    [
        resolved_team(fee=150),
        resolved_team(enabled=False),
        resolved_team(enabled=False, fee=150, link="https://other.example/pay"),
        resolved_team(requires_payment=False),
        resolved_team(key=None),
        resolved_team(key=None, key_unavailable=True),
    ],
)
def test_terms_stay_whatever_the_configuration_says_later(world: World, team: ResolvedTeam) -> None:
    first = filed(world)
    assert filed(world, Told().then("Thanks!"), team).payment == first.payment
    assert filed(world, team=team).payment == first.payment
    assert (len(world.matters), len(world.invoices)) == (1, 1)


def test_the_static_link_and_its_amount_stay(world: World) -> None:
    first = filed(world, team=resolved_team(enabled=False))
    assert (first.payment.method, first.payment.amount) == (Method.STATIC_LINK, "75.00")
    later = filed(world, team=resolved_team(fee=150, link="https://other.example/pay"))
    assert later.payment == first.payment
    assert world.invoices == []


def test_nobody_is_billed_later_for_what_was_free(world: World) -> None:
    assert filed(world, team=resolved_team(requires_payment=False)).payment.method is Method.NONE
    assert filed(world).payment.method is Method.NONE


def test_a_fallback_becomes_an_invoice_of_the_first_fee(world: World) -> None:
    assert filed(world, team=resolved_team(key=None)).payment.method is Method.FALLBACK_LINK
    later = filed(world, Told().then("Thanks!"), resolved_team(fee=150))
    assert (later.payment.method, later.payment.amount) == (Method.BLAWBY_API, "75.00")


def test_a_pending_one_is_told_with_its_own_fee(world: World) -> None:
    world.script.add("invoice", "lost")
    filed(world)
    later = filed(world, team=resolved_team(fee=150))
    assert (later.payment.method, later.payment.amount) == (Method.PENDING, "75.00")


def test_a_renamed_service_is_the_same_matter(world: World) -> None:
    first = filed(world)
    renamed = replace(JANE, matter_type="Family & Divorce Law")
    later = filed(world, replace(Told().then("Thanks!", collected=renamed), original=renamed))
    assert (later.payment, later.repeat) == (first.payment, True)
    assert on_record(world, later).matter_type == "Family Law"


@pytest.mark.parametrize(
    "changes",
    [
        {"workflow": "out_of_scope"},
        {"workflow": "intake", "missing": ("matterType",)},
    ],
)
def test_a_matter_that_todays_rules_would_refuse_is_found(
    world: World, changes: dict[str, object]
) -> None:
    first = filed(world)
    later = filed(world, replace(Told().then("Thanks!"), **changes))
    assert is_repeat_of(first, later)


@pytest.mark.parametrize("workflow", ["out_of_scope", "intake"])
def test_what_is_said_after_todays_rules_refuse_a_matter_is_on_record(
    world: World, workflow: str
) -> None:
    first = filed(world)
    now = replace(
        JANE,
        phone="+17045550000",
        email="right@example.com",
        location="Houston, TX",
        description=f"{JANE.description} He took the car.",
    )
    refused = {"workflow": workflow, "missing": ("matterType",)}
    told = Told().then("I live in Houston now", collected=now, **refused)
    assert is_repeat_of(first, filed(world, told))
    matter = on_record(world, first)
    assert matter.client == Client("Jane Doe", "right@example.com", "+17045550000", "Houston, TX")
    assert [said.text for said in matter.words] == [JANE.description, "He took the car"]
    fired = told.then("I also was fired", further=(FIRED,))
    second = filed(world, fired)
    assert (second.stored, second.repeat) == (True, False)
    assert on_record(world, second).words[0].text == FIRED.description
    assert second.payment.invoice_url is None
    assert filed(world, replace(fired.then("Hello?"), workflow="matter_created")).repeat
    assert len(world.invoices) == 1


@pytest.mark.parametrize("step", ["write", "link", "read"])
def test_what_is_said_then_is_not_called_stored_if_it_is_not(world: World, step: str) -> None:
    first = filed(world)
    now = replace(JANE, email="right@example.com")
    told = Told().then("No, this", collected=now, further=(FIRED,), workflow="out_of_scope")
    world.script.add(step, *["ok"] * 3 * (step == "read"), "away")
    outcome = filed(world, told)
    assert (outcome.stored, outcome.store_away) == (False, True)
    assert matter_of(filed(world, told)).key != matter_of(first).key
    assert on_record(world, first).client.email == "right@example.com"


def test_facts_that_todays_rules_no_longer_find_stay_on_record(world: World) -> None:
    first = filed(world)
    before = on_record(world, first)
    empty = replace(JANE, name=None, email=None, location=None, description=None)
    told = Told().then("Thanks!", collected=empty, missing=("matterType",), workflow="intake")
    filed(world, told)
    assert on_record(world, first) == before


def test_a_matter_that_nobody_filed_is_not_made_up(world: World) -> None:
    assert world.file(told=replace(Told(), workflow="out_of_scope")) is None
    assert world.matters == []


def test_with_vault_away_the_intake_goes_on_by_todays_rules(world: World) -> None:
    filed(world)
    world.script.add("read", "away")
    assert world.file(told=replace(Told().then("Thanks!"), workflow="out_of_scope")) is None


def test_another_first_completion_finds_the_matter_by_the_old_address(world: World) -> None:
    """Today's rules call a later message the first complete one; by then the address is another."""
    first = filed(world)
    now = replace(JANE, email="right@example.com")
    told = Told().then("no, right@example.com", collected=now)
    later = filed(world, replace(told, original=now, completed_at=3))
    assert later.payment == first.payment
    assert (len(world.matters), len(world.invoices)) == (1, 1)


def test_our_reference_leads_to_the_matter_at_once(world: World) -> None:
    first = filed(world, Told(session_id=None, said=("Divorce. jane@example.com",), completed_at=1))
    second = replace(JANE, description="I was fired")
    told = Told(session_id=None, said=("I was fired. jane@example.com",), completed_at=1)
    other = filed(world, replace(told, collected=second))
    assert matter_of(other).key != matter_of(first).key
    world.script.steps.clear()
    answers = (f"Your reference is {matter_of(other).reference}.",)
    later = filed(world, replace(told, collected=second, answers=answers).then("Thanks!"))
    assert matter_of(later).key == matter_of(other).key
    assert world.script.steps == ["read"]


def test_a_reference_alone_opens_nothing(world: World) -> None:
    """Somebody else's conversation that cites it has other words, and is filed by itself."""
    first = filed(world)
    cites = (f"Your reference is {matter_of(first).reference}.",)
    mallory = replace(JANE, name="Mallory", phone="+17045550000", description="I was robbed")
    told = Told(said=("Hi", "jane@example.com, robbed"), answers=cites, collected=mallory)
    outcome = filed(world, told)
    assert not outcome.repeat
    assert outcome.payment != first.payment
    refused = replace(told, workflow="out_of_scope")
    assert world.file(told=replace(refused, said=("Hi", "robbed"))) is None


# --- the same conversation under another session id -------------------------------------------


def answered(outcome: Filed, told: Told) -> Told:
    """The conversation with our answer, which names the matter."""
    earlier = ("",) * (len(told.said) - 1)
    return replace(told, answers=(*earlier, f"Your reference is {matter_of(outcome).reference}."))


@pytest.mark.parametrize("begins", ["session-1", None])
def test_a_conversation_finds_its_matter_under_any_session(
    world: World, begins: str | None
) -> None:
    told = Told(session_id=begins)
    first = filed(world, told)
    for told_on in (answered(first, told), told.then("Thanks!")):
        for session in ("adopted", "third", None):
            later = filed(world, replace(told_on, session_id=session))
            assert is_repeat_of(first, later)
    right = told.corrected(email="right@example.com")
    assert is_repeat_of(first, filed(world, replace(right, session_id="fourth")))
    assert on_record(world, first).client.email == "right@example.com"
    assert (len(world.matters), len(world.invoices)) == (1, 1)


@pytest.mark.parametrize("how", ["out_of_scope", "later"])
def test_other_rules_find_it_under_another_session(world: World, how: str) -> None:
    told = Told()
    first = filed(world, told)
    moved = replace(answered(first, told).then("Thanks!"), session_id="another")
    if how == "later":
        assert is_repeat_of(first, filed(world, replace(moved, completed_at=3)))
    assert is_repeat_of(first, filed(world, replace(moved, workflow="out_of_scope")))
    assert len(world.matters) == 1


@pytest.mark.parametrize("step", ["link", "list matter", "expire", "write", "invoice"])
def test_copies_with_sessions_of_their_own_make_one_matter(world: World, step: str) -> None:
    """Vault was away when the intake was complete, so the next turn files it."""
    outcomes, told = [], Told().then("Hello?")
    for number in range(3):
        copy = replace(told, session_id=f"copy-{number}")
        world.script.add(step, lambda told=copy: outcomes.append(filed(world, told)))
    outcomes.append(filed(world, told))
    assert {matter_of(outcome).key for outcome in outcomes} == {m.key for m in world.matters}
    assert (len(world.matters), len(world.invoices)) == (1, 1)


def test_a_second_matter_and_one_told_again_are_found_under_another_session(world: World) -> None:
    first = filed(world)
    second = filed(world, Told().then("I also was fired", further=(FIRED,)))
    told = Told().then("I also was fired", further=(FIRED,))
    for moved in (told.then("Thanks!"), answered(second, told)):
        assert is_repeat_of(second, filed(world, replace(moved, session_id="another")))
    words = replace(JANE, description="My husband moved out and took the children")
    again = Told(said=("Hi again", "My husband moved out"), collected=words)
    assert is_repeat_of(first, filed(world, again))
    moved = replace(again.then("Thanks!"), session_id="another")
    assert is_repeat_of(first, filed(world, moved))
    assert (len(world.matters), len(world.invoices)) == (2, 2)


@pytest.mark.parametrize("said", [("Divorce. jane@example.com",), ("Hi", "jane@example.com")])
def test_the_same_words_under_another_session_are_another_matter_until_they_are_answered(
    world: World, said: tuple[str, ...]
) -> None:
    """Whoever goes on gets the matter of the same session, and with a session that is not known
    the first one."""
    one = Told(said=said, completed_at=len(said))
    first, second = (filed(world, replace(one, session_id=name)) for name in ("a", "b"))
    assert matter_of(first).key != matter_of(second).key
    for session, outcome in (("a", first), ("b", second), ("c", first), (None, first)):
        later = replace(one.then("Thanks!"), session_id=session)
        assert is_repeat_of(outcome, filed(world, later))
    assert (len(world.matters), len(world.invoices)) == (2, 2)


def test_a_deleted_matter_is_not_billed_again_under_another_session(world: World) -> None:
    first = filed(world)
    assert world.stores.open(TEAM_ID).bury(on_record(world, first))
    for told in (Told().then("Thanks!"), answered(first, Told())):
        moved = filed(world, replace(told, session_id="another"))
        assert moved == Filed(Payment(Method.NONE), repeat=True)
    assert (len(world.matters), len(world.invoices)) == (0, 1)


@pytest.mark.parametrize("expired", [True, False])
def test_a_claimed_place_that_another_matter_took_leads_nobody_there(
    world: World, expired: bool
) -> None:
    john = replace(JANE, name="John Doe", phone="+17045550000", description="I was robbed")
    other = Told(said=("Hi", "I was robbed. jane@example.com"), collected=john)
    if expired:
        del world.stores.matters[TEAM_ID][matter_of(filed(world, other)).key]
    else:
        world.script.add("write", lambda: filed(world, other))
    mine = filed(world)
    assert not mine.repeat
    for told in (Told().then("Thanks!"), answered(mine, Told())):
        assert is_repeat_of(mine, filed(world, replace(told, session_id="another")))
    assert len(world.invoices) == 2


# --- other matters and other clients ----------------------------------------------------------


def test_a_second_matter_in_one_conversation_is_another_one(world: World) -> None:
    first = filed(world)
    told = Told().then("I also was fired", further=(FIRED,))
    second = filed(world, told)
    assert not second.repeat
    assert second.payment.invoice_url != first.payment.invoice_url
    matter = on_record(world, second)
    assert [said.text for said in matter.words] == [FIRED.description]
    assert matter.matter_type == "Employment Law"
    assert is_repeat_of(second, filed(world, told.then("Thanks!")))
    assert (len(world.matters), len(world.invoices)) == (2, 2)


def test_a_second_matter_that_fits_no_service_is_on_record_and_not_billed(world: World) -> None:
    filed(world)
    odd = FurtherMatter(3, "My neighbour's tree fell on my boat", None)
    second = filed(world, Told().then("and a tree", further=(odd,)))
    assert (second.payment.method, second.payment.reason) == (
        Method.UNAVAILABLE,
        Reason.NOT_CONFIGURED,
    )
    assert on_record(world, second).words[0].text == odd.description
    assert len(world.invoices) == 1


def test_the_same_matter_told_a_second_time_is_no_other(world: World) -> None:
    first = filed(world)
    again = FurtherMatter(3, "my husband moved out, you know", "Family Law")
    second = filed(world, Told().then("again", further=(again,)))
    assert second.payment == first.payment
    assert (len(world.matters), len(world.invoices)) == (1, 1)


def test_matters_that_could_not_be_stored_are_all_filed_later_and_one_is_billed(
    world: World,
) -> None:
    world.script.add("read", "away")
    assert not filed(world).stored
    told = Told().then("I also was fired", further=(FIRED,))
    outcome = filed(world, told)
    assert (outcome.beside, matter_of(outcome).bill.state) == (True, BillState.INVOICED)
    later = filed(world, told.then("Thanks!"))
    assert (later.beside, later.payment) == (False, outcome.payment)
    assert (len(world.matters), len(world.invoices)) == (2, 1)


def test_a_new_conversation_about_the_same_matter_is_a_repeat_with_its_words(world: World) -> None:
    first = filed(world)
    words = "My husband moved out and took the children"
    told = Told(said=("Hi again", words), collected=replace(JANE, description=words))
    again = filed(world, told)
    assert (again.payment, again.repeat) == (first.payment, True)
    assert [said.text for said in on_record(world, first).words] == [JANE.description, words]
    assert len(world.invoices) == 1


def test_a_new_conversation_about_another_matter_is_not_lost(world: World) -> None:
    first = filed(world)
    told = Told(said=("Hi", "fired"), collected=replace(JANE, description="I was fired"))
    other = filed(world, told)
    assert not other.repeat
    assert other.payment.invoice_url != first.payment.invoice_url
    assert len(world.matters) == 2


def test_two_clients_of_one_session_never_see_each_others_invoice(world: World) -> None:
    first = filed(world)
    john = replace(JANE, name="John Roe", email="john@example.com", phone="+17045550000")
    other = filed(world, Told(said=("Hi", "john@example.com, my husband"), collected=john))
    assert not other.repeat
    assert other.payment.invoice_url != first.payment.invoice_url


def test_two_people_of_one_mailbox_never_see_each_others_invoice(world: World) -> None:
    first = filed(world)
    john = replace(JANE, name="John Doe", phone="+17045550000")
    other = filed(world, Told(said=("Hi", "I am John"), collected=john))
    assert not other.repeat
    assert other.payment.invoice_url != first.payment.invoice_url


# --- what lies in the way ---------------------------------------------------------------------


def key_at(position: int) -> str:
    return Chain(TEAM_ID, "session-1", "jane@example.com").key(position)


def test_a_document_that_cannot_be_read_costs_nobody_a_second_invoice(world: World) -> None:
    """It may be this very matter, with an invoice: the words are filed, and nobody is billed."""
    world.stores.garbled.add(key_at(0))
    outcome = filed(world)
    assert (outcome.stored, outcome.payment.method) == (True, Method.PENDING)
    assert on_record(world, outcome).key == key_at(1)
    assert world.blawby.used == []
    assert len(world.worklist.items[Kind.INVOICE]) == 1
    again = filed(world, Told().then("Thanks!"))
    assert is_repeat_of(outcome, again)


def test_a_place_whose_matter_is_gone_is_not_used_again(world: World) -> None:
    """Expired or deleted: Vault remembers, and so what is filed behind it is found."""
    first = filed(world)
    told = Told(said=("Hi", "fired"), collected=replace(JANE, description="I was fired"))
    second = filed(world, told)
    del world.stores.matters[TEAM_ID][matter_of(first).key]
    assert is_repeat_of(second, filed(world, told.then("Thanks!")))
    assert len(world.invoices) == 2


@pytest.mark.parametrize("how", ["matter_created", "out_of_scope"])
@pytest.mark.parametrize("session", ["session-1", None])
def test_a_deleted_matter_is_not_billed_again(world: World, session: str | None, how: str) -> None:
    first = filed(world, Told(session_id=session))
    assert world.stores.open(TEAM_ID).bury(on_record(world, first))
    told = Told(session_id=session).then("Thank you, I paid it.", workflow=how)
    for later in (told, told.corrected(email="right@example.com"), told.then("Hello?")):
        outcome = filed(world, later)
        assert outcome == Filed(Payment(Method.NONE), repeat=True)
    assert (len(world.matters), len(world.invoices)) == (0, 1)
    fired = filed(world, replace(told, workflow="matter_created").then("And", further=(FIRED,)))
    assert (fired.stored, fired.repeat, len(world.invoices)) == (True, False, 2)


@pytest.mark.parametrize("step", ["search", "customer", "invoice"])
def test_a_matter_that_is_deleted_while_it_is_billed_stays_deleted(world: World, step: str) -> None:
    def deleted() -> None:
        (matter,) = world.matters
        assert world.stores.open(TEAM_ID).bury(matter)

    world.script.add(step, deleted)
    filed(world)
    filed(world, Told().then("Thanks!"))
    assert (len(world.matters), len(world.invoices)) == (0, 1)


def test_a_full_chain_locks_nobody_out(world: World) -> None:
    for number in range(LONGEST_CHAIN):
        stranger = replace(JANE, name=f"Stranger {number}", phone=f"+1704555{number:04}")
        filed(world, Told(said=("Hi", f"stranger {number}"), collected=stranger))
    mine = filed(world)
    assert (mine.stored, mine.repeat) == (True, False)
    assert is_repeat_of(mine, filed(world, Told().then("Thanks!")))
    assert len(world.matters) == LONGEST_CHAIN + 1


def test_in_a_full_chain_two_chats_about_one_matter_make_no_two_invoices(world: World) -> None:
    for number in range(LONGEST_CHAIN + 1):
        stranger = replace(JANE, name=f"Stranger {number}", phone=f"+1704555{number:04}")
        filed(world, Told(said=("Hi", f"stranger {number}"), collected=stranger))
    before = len(world.invoices)
    for said in ("My husband moved out", "Again: my husband has moved out"):
        outcome = filed(world, Told(said=("Hi", said)))
        assert (outcome.stored, outcome.payment.method) == (True, Method.PENDING)
    assert len(world.invoices) == before


def test_a_turn_reads_little_however_many_matters_there_are(world: World) -> None:
    """Five addresses with a full chain each, and eleven matters in one turn."""
    mails = [f"jane{number}@example.com" for number in range(5)]
    stranger = replace(JANE, name="Stranger", phone="+17045550000", description="I was robbed")
    for mail in mails:
        for number in range(LONGEST_CHAIN):
            said = ("Hi", f"stranger {number} {mail}")
            other = replace(stranger, email=mail, name=f"Stranger{number} Roe")
            filed(world, Told(said=said, collected=other))
    before = len(world.invoices)
    further = tuple(FurtherMatter(2, f"matter{n} of mine", "Family Law") for n in range(10))
    mine = replace(JANE, email=mails[0])
    told = Told(said=("Hello", " ".join(mails)), collected=mine, further=further)
    for turn in (told, told.then("Thanks!")):
        world.script.steps.clear()
        assert filed(world, turn).stored
        assert world.script.count(["read"]) <= MOST_READS + len(further) + 1
    assert len(world.matters) == 5 * LONGEST_CHAIN + 11
    assert len(world.invoices) == before


def test_a_full_chain_of_garbage_is_said_and_costs_nothing(world: World) -> None:
    chain = Chain(TEAM_ID, "session-1", "jane@example.com")
    told = Told()
    digest = told.talk.digest(2) or ""
    world.stores.garbled.update(chain)
    world.stores.garbled.add(chain.overflow(Origin(2, digest, 0)))
    outcome = filed(world)
    assert (outcome.matter, outcome.stored) == (None, False)
    assert outcome.payment.invoice_url is None
    assert world.blawby.used == []


# --- Vault away -------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["read", "list matter", "expire", "write"])
def test_what_could_not_be_stored_is_filed_by_the_next_turn(world: World, step: str) -> None:
    world.script.add(step, "away")
    outcome = filed(world)
    assert (outcome.matter, outcome.stored, outcome.store_away) == (None, False, True)
    assert (outcome.payment.method, outcome.payment.invoice_url) == (Method.FALLBACK_LINK, LINK)
    later = filed(world, Told().then("Hello?"))
    assert (later.stored, later.store_away) == (True, False)
    assert later.payment.method is Method.BLAWBY_API


@pytest.mark.parametrize(
    ("team", "method"),
    [
        (resolved_team(requires_payment=False), Method.NONE),
        (resolved_team(enabled=False), Method.STATIC_LINK),
        (resolved_team(link=None), Method.UNAVAILABLE),
    ],
)
def test_with_vault_away_other_ways_to_pay_stay(
    world: World, team: ResolvedTeam, method: Method
) -> None:
    world.script.add("read", "away")
    assert filed(world, team=team).payment.method is method


def test_with_vault_away_who_was_told_of_a_matter_gets_no_other_way_to_pay(world: World) -> None:
    told = Told(answers=("", f"Your reference is {reference('0' * 32)}."))
    world.script.add("read", "away")
    assert filed(world, told.then("Thanks!")).payment.invoice_url is None


def test_who_was_overtaken_and_cannot_look_gets_no_other_way_to_pay(world: World) -> None:
    world.script.add("write", world.file)
    world.script.add("read", "ok", "ok", "away")
    assert filed(world).payment.method is Method.PENDING
    assert len(world.invoices) == 1


def test_an_unreadable_document_does_not_hide_the_ones_behind_it(world: World) -> None:
    """A client goes on in a conversation whose matter stands behind one that nobody can read."""
    chain = [*Chain(TEAM_ID, "session-1", "jane@example.com")]
    world.stores.garbled.add(chain[0])
    first = filed(world)
    assert matter_of(first).key == chain[1]
    for told in (Told().then("Thanks!"), Told().then("Thanks!", workflow="out_of_scope")):
        assert is_repeat_of(first, filed(world, told))
    assert len(world.matters) == 1


def test_a_corrected_address_is_linked_behind_what_nobody_can_read(world: World) -> None:
    first = filed(world)
    chain = [*Chain(TEAM_ID, "session-1", "right@example.com")]
    world.stores.garbled.add(chain[0])
    later = filed(world, Told().corrected(email="right@example.com"))
    assert later.stored
    assert world.stores.links[TEAM_ID, chain[1]] == matter_of(first).key


def test_a_correction_that_cannot_be_linked_is_not_stored(world: World) -> None:
    filed(world)
    world.stores.garbled.update(Chain(TEAM_ID, "session-1", "right@example.com"))
    later = filed(world, Told().corrected(email="right@example.com"))
    assert not later.stored
    assert world.matters[0].client.email == "jane@example.com"
