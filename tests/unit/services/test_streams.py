"""Streamed turns: the order of events, who is admitted, a reader that leaves, silence, limits."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from app.adapters.threads import Threads
from app.domain.intake import Conversation, IntakeTurn, Message
from app.domain.team import ResolvedTeam, Team, TeamConfig
from app.errors import OriginNotAllowed, RateLimited, TeamNotFound, VaultUnavailable
from app.ports import Say, silent
from app.services.agent import Agent, AgentRequest, ChatClient
from app.services.agent_answer import AgentAnswer, ToldMatter, ToolCall
from app.services.intake import RulesEngine
from app.services.matters.filing import Filed
from app.services.streams import Stream, StreamEvent, Streams
from app.services.turn_events import ToolResult, Words
from tests.fakes.clock import FakeClock
from tests.teams import NORTH_CAROLINA
from tests.unit.services.test_agent import CLIENT, EVERYTHING, KEY, PAID, Desk, OneTeam

RESOLVED = ResolvedTeam(NORTH_CAROLINA, key=None)
FIRM = "https://firm.example"


class Speaker:
    """An engine that says `words` one by one, each after `pause` has returned."""

    name = RulesEngine.name

    def __init__(self, words: Sequence[str], pause: Callable[[], object] = lambda: None) -> None:
        self.words, self.pause = words, pause
        self.said: list[str] = []

    def turn(self, messages: Sequence[Message], team: Team, say: Say = silent, /) -> IntakeTurn:
        turn = RulesEngine().turn(messages, team)
        for word in self.words:
            self.pause()
            say(word)
            self.said.append(word)
        return replace(turn, response="".join(self.words))


class SlowDesk(Desk):
    """Takes its time to put a matter on record: until `settle` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.settle, self.done = (threading.Event() for _ in range(3))

    def file(self, resolved: ResolvedTeam, talk: Conversation, turn: IntakeTurn, /) -> Filed | None:
        self.begun.set()
        assert self.settle.wait(30)
        filed = super().file(resolved, talk, turn)
        self.done.set()
        return filed


class World:
    """Streams on real threads, and what they have told their observer."""

    def __init__(
        self,
        engine: object = None,
        desk: Desk | None = None,
        resolved: ResolvedTeam = RESOLVED,
        most: int = 4,
        heartbeat: float = 30.0,
    ) -> None:
        self.open = 0
        self.desk = desk or Desk()
        engine = engine or RulesEngine()
        agent = Agent(OneTeam(resolved), engine, self.desk, FakeClock(), 10.0)
        threads = Threads("test-streams", most)
        self.streams = Streams(agent, threads, most, self._observe, heartbeat)

    def _observe(self, change: int) -> None:
        self.open += change

    def ask(self, text: str = EVERYTHING, origin: str | None = None) -> Stream:
        request = AgentRequest(NORTH_CAROLINA.team_id, [Message("user", text)], "s-1")
        return self.streams.open(request, ChatClient("192.0.2.1", origin))

    def read(self, stream: Stream) -> list[StreamEvent | None]:
        events = list(stream)
        stream.close()
        return events


def test_a_finished_intake_is_its_call_its_result_its_words_and_the_answer() -> None:
    world = World()
    call, result, *words, answer = world.read(world.ask())
    assert isinstance(call, ToolCall)
    assert result == ToolResult("create_matter", ToldMatter(KEY, True, False), PAID)
    assert isinstance(answer, AgentAnswer)
    assert "".join(word.text for word in words if isinstance(word, Words)) == answer.response
    assert len(words) > 3
    [told] = answer.tool_calls
    assert told.parameters == call.parameters | {"matter_id": KEY}


def test_an_unfinished_intake_is_words_and_the_answer() -> None:
    world = World()
    *words, answer = world.read(world.ask("Hello"))
    assert {type(word) for word in words} == {Words}
    assert isinstance(answer, AgentAnswer)


def test_a_matter_that_is_found_again_is_a_result_without_a_call() -> None:
    world = World(desk=Desk({"repeat": True}))
    result, *words, answer = world.read(world.ask("Hello"))
    assert isinstance(result, ToolResult)
    assert isinstance(answer, AgentAnswer)
    assert result.matter == answer.matter
    assert "".join(word.text for word in words if isinstance(word, Words)) == answer.response


def test_the_words_of_an_engine_come_while_it_works() -> None:
    """The second word is not said before the first was read."""
    went_on = threading.Semaphore(1)
    world = World(Speaker(["Hello ", "there. "], lambda: went_on.acquire(timeout=30)))
    stream = world.ask("Hi")
    events = iter(stream)
    assert next(events) == Words("Hello ")
    went_on.release()
    assert next(events) == Words("there. ")
    assert isinstance(next(events), AgentAnswer)
    stream.close()


def test_a_reader_that_leaves_stops_the_engine_and_nothing_is_charged() -> None:
    reads, stopped = threading.Semaphore(1), threading.Semaphore(0)

    def pause() -> None:
        stopped.release()
        assert reads.acquire(timeout=30)

    engine = Speaker(["One ", "two ", "three "], pause)
    world = World(engine)
    stream = world.ask()
    assert next(iter(stream)) == Words("One ")
    stream.close()
    reads.release()
    assert list(stream) == []
    assert engine.said == ["One "]
    assert world.desk.asked == []


def test_a_reader_that_leaves_during_a_payment_does_not_stop_it() -> None:
    desk = SlowDesk()
    world = World(desk=desk)
    stream = world.ask()
    assert desk.begun.wait(30)
    stream.close()
    desk.settle.set()
    assert desk.done.wait(30)
    assert len(desk.asked) == 1


def test_silence_is_told_until_the_work_is_done() -> None:
    desk = SlowDesk()
    world = World(desk=desk, heartbeat=0.01)
    stream = world.ask()
    events = iter(stream)
    assert isinstance(next(events), ToolCall)
    assert [next(events), next(events)] == [None, None]
    desk.settle.set()
    assert isinstance([event for event in events if event][-1], AgentAnswer)
    stream.close()


def test_a_turn_that_fails_ends_with_its_failure() -> None:
    def fail() -> None:
        raise VaultUnavailable

    world = World(Speaker(["One"], fail))
    [failure] = world.read(world.ask())
    assert isinstance(failure, VaultUnavailable)


def test_a_defect_ends_the_stream_too() -> None:
    world = World(Speaker(["One"], lambda: 1 // 0))
    [failure] = world.read(world.ask())
    assert isinstance(failure, ZeroDivisionError)


def test_what_can_be_refused_is_refused_before_the_stream() -> None:
    named = Team(
        NORTH_CAROLINA.team_id,
        NORTH_CAROLINA.slug,
        "A Team",
        TeamConfig({"allowedOrigins": [FIRM]}),
    )
    world = World(resolved=ResolvedTeam(named, key=None))
    world.read(world.ask("Hello", FIRM))
    world.read(world.ask("Hello", None))
    for origin in ("https://evil.example", "null", f"{FIRM}:8443", "http://firm.example"):
        with pytest.raises(OriginNotAllowed):
            world.ask("Hello", origin)
    with pytest.raises(TeamNotFound):
        world.streams.open(AgentRequest("nobody", [Message("user", "Hi")]), CLIENT)
    assert world.open == 0


def test_more_streams_than_there_are_places_are_refused_until_one_ends() -> None:
    world = World(most=2)
    first, second = world.ask(), world.ask()
    assert world.open == 2
    with pytest.raises(RateLimited) as refused:
        world.ask()
    assert refused.value.retry_after
    first.close()
    first.close()
    assert world.open == 1
    world.read(world.ask())
    world.read(second)
    assert world.open == 0


def test_a_stream_whose_thread_cannot_start_gives_its_place_back() -> None:
    class NoThreads:
        def run(self, work: object, /) -> bool:
            raise AssertionError

        def start(self, work: object, /) -> Callable[[], object]:
            raise RuntimeError("can't start new thread")

    world = World()
    agent = Agent(OneTeam(RESOLVED), RulesEngine(), Desk(), FakeClock(), 10.0)
    streams = Streams(agent, NoThreads(), 1, world._observe)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            streams.open(AgentRequest(NORTH_CAROLINA.team_id, [Message("user", "Hi")]), CLIENT)
    assert world.open == 0
