"""Turns that are read while they go on."""

from collections.abc import Callable, Iterator
from functools import partial
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Event

from app.domain.ids import TeamId
from app.domain.team import ResolvedTeam
from app.errors import RateLimited
from app.ports import Background
from app.services.agent import Agent, AgentRequest, ChatClient
from app.services.agent_answer import AgentAnswer
from app.services.turn_events import FollowerLeft, TurnEvent

HEARTBEAT_SECONDS = 15.0
_TOO_MANY = "Too many answers are streamed at the moment. Try again, or ask for the answer at once."
_RETRY_SECONDS = 2

StreamEvent = TurnEvent | AgentAnswer | Exception
"""The last event is the answer, or the exception that the turn ended with."""


class Stream:
    """One turn on its own thread. Iterating yields its events, and None after each `heartbeat`
    seconds without one. The iterating code must call `close` at the end.

    A turn whose reader has left ends at its next event. While a matter is created there is no event
    until matter and payment are settled, so that no invoice is left half-way.
    """

    def __init__(self, team_id: TeamId, heartbeat: float, closed: Callable[[], None]) -> None:
        self.team_id = team_id
        self._heartbeat = heartbeat
        self._closed = closed
        self._events: SimpleQueue[StreamEvent | None] = SimpleQueue()
        self._left = Event()

    def run(self, turn: Callable[[], AgentAnswer]) -> None:
        """Run the turn with the follower `follow`. Its end, good or bad, is the last event."""
        try:
            self._events.put(turn())
        except FollowerLeft:
            pass
        except Exception as failure:
            self._events.put(failure)
        finally:
            self._events.put(None)

    def follow(self, event: TurnEvent) -> None:
        if self._left.is_set():
            raise FollowerLeft
        self._events.put(event)

    def __iter__(self) -> Iterator[StreamEvent | None]:
        while True:
            try:
                event = self._events.get(timeout=self._heartbeat)
            except Empty:
                yield None
                continue
            if event is None:
                return
            yield event

    def close(self) -> None:
        """The reader has left. May be called more than once."""
        if not self._left.is_set():
            self._left.set()
            self._closed()


class Streams:
    """At most `most` open streams in this worker, so that other requests always find a thread.

    `observe` receives +1 and -1 (for metrics).
    """

    def __init__(
        self,
        agent: Agent,
        background: Background,
        most: int,
        observe: Callable[[int], None] = lambda _: None,
        heartbeat: float = HEARTBEAT_SECONDS,
    ) -> None:
        self._agent, self._background = agent, background
        self._places = BoundedSemaphore(most)
        self._observe, self._heartbeat = observe, heartbeat

    def open(self, request: AgentRequest, client: ChatClient) -> Stream:
        """Raises what admitting the request raises, and `RateLimited` if all places are taken:
        requests are rejected before the stream begins."""
        with self._agent.time_for_a_turn():
            resolved = self._agent.admit(request, client)
            if not self._places.acquire(blocking=False):
                raise RateLimited(_TOO_MANY, retry_after=_RETRY_SECONDS)
            self._observe(1)
            return self._begun(resolved, request)

    def _begun(self, resolved: ResolvedTeam, request: AgentRequest) -> Stream:
        stream = Stream(resolved.team.team_id, self._heartbeat, self._release)
        turn = partial(self._agent.answer, resolved, request, stream.follow)
        try:
            self._background.start(partial(stream.run, turn))
        except RuntimeError:
            # No thread can be started.
            stream.close()
            raise
        return stream

    def _release(self) -> None:
        self._observe(-1)
        self._places.release()
