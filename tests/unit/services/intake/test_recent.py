"""What is kept of the turns before changes nothing but the work."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.ids import Slug
from app.domain.intake import Message
from app.domain.team import Team, TeamConfig
from app.services.intake import RulesEngine
from tests.conversations.corpus import conversations
from tests.conversations.teams import TEAMS
from tests.teams import NATIONWIDE, NORTH_CAROLINA

LINES = [step.text for one in conversations() for step in one.steps]


@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=8), st.sampled_from(sorted(TEAMS)))
@settings(max_examples=150, deadline=None)
def test_a_turn_is_the_same_without_the_turns_before(lines: list[str], team: str) -> None:
    engine = RulesEngine()
    messages: list[Message] = []
    for line in lines:
        messages.append(Message("user", line))
        turn = engine.turn(messages, TEAMS[team])
        assert turn == RulesEngine().turn(messages, TEAMS[team])
        assert turn == engine.turn(messages, TEAMS[team])
        messages.append(Message("assistant", turn.response))


def test_teams_share_nothing() -> None:
    engine = RulesEngine()
    said = [Message("user", "I'm Jane Doe from Dallas, TX")]
    assert engine.turn(said, NORTH_CAROLINA).workflow == "out_of_scope"
    assert engine.turn(said, NATIONWIDE).workflow == "intake"


def test_a_changed_configuration_counts_at_once() -> None:
    engine = RulesEngine()
    said = [Message("user", "What does it cost?")]

    def team(fee: int) -> Team:
        document = {"requiresPayment": True, "consultationFee": fee}
        return Team(NATIONWIDE.team_id, Slug("a-team"), "A Team", TeamConfig(document))

    assert "$75" in engine.turn(said, team(75)).response
    assert "$90" in engine.turn(said, team(90)).response


def test_a_conversation_that_was_written_anew_is_another_one() -> None:
    engine = RulesEngine()
    first = [Message("user", "Hi"), Message("assistant", "Your name?"), Message("user", "Jane Doe")]
    assert engine.turn(first, NORTH_CAROLINA).collected.name == "Jane Doe"
    other = [first[0], Message("assistant", "Your name?"), Message("user", "Ann Bell")]
    assert engine.turn(other, NORTH_CAROLINA).collected.name == "Ann Bell"
    split = [Message("user", "H"), Message("user", "i")]
    assert engine.turn(split, NORTH_CAROLINA) == RulesEngine().turn(split, NORTH_CAROLINA)


def test_a_worker_that_missed_turns_reads_only_those() -> None:
    messages = [Message("user", "Hi")]
    for number in range(20):
        messages += [Message("assistant", "Go on."), Message("user", f"It is about rent {number}.")]
    read: list[int] = []

    def clock() -> float:
        read.append(1)
        return 0.0

    engine = RulesEngine(clock=clock)
    engine.turn(messages[:-6], NORTH_CAROLINA)
    read.clear()
    turn = engine.turn(messages, NORTH_CAROLINA)
    assert len(read) == 1 + 6
    assert turn == RulesEngine().turn(messages, NORTH_CAROLINA)


def test_a_conversation_that_ends_with_our_answer_is_read_from_the_clients_last_words() -> None:
    engine = RulesEngine()
    said = [Message("user", "I'm Jane Doe")]
    engine.turn(said, NORTH_CAROLINA)
    ours = [*said, Message("assistant", "Thank you Jane! Which city and state are you in?")]
    assert engine.turn(ours, NORTH_CAROLINA) == RulesEngine().turn(ours, NORTH_CAROLINA)
