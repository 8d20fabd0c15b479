"""All connections of a worker, in one loop: slow senders and slow readers wait here, and use no
thread. A connection gets a thread only for a request that has arrived."""

import selectors
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from gunicorn.http.errors import ParseException

from serving.arrival import Arrival
from serving.connection import SEND_SECONDS, Connection, Stage
from serving.refusals import TIMED_OUT, TOO_BUSY, status_of

# For slow clients together, and again for the requests that wait for a thread or have one.
MOST_HELD_BYTES = 64 * 1024 * 1024
_SMALL_BYTES = 32 * 1024
_LATE_SECONDS = 1.0
_WAITING = (Stage.FRESH, Stage.IDLE, Stage.RECEIVING)


class Traffic:
    """`serve` passes a connection to the pool; afterwards the loop calls `answered`."""

    def __init__(
        self,
        poller: selectors.BaseSelector,
        cfg: Any,
        most_body: int,
        most_connections: int,
        serve: Callable[[Connection], None],
        most_held: int = MOST_HELD_BYTES,
    ) -> None:
        self._poller = poller
        self._cfg = cfg
        self._most_body = most_body
        self._most_connections = most_connections
        self._serve = serve
        self._open: set[Connection] = set()
        self._held = self._in_hand = 0
        self._most_held = most_held

    def __len__(self) -> int:
        return len(self._open)

    def welcome(self, connection: Connection) -> None:
        if len(self._open) >= self._most_connections:
            self.make_room()
        self._open.add(connection)
        self._receive(connection)

    def answered(self, connection: Connection, keeps: bool) -> None:
        """The answer is complete, but perhaps not yet sent."""
        connection.keeps = keeps
        self._in_hand -= connection.in_hand
        self._send(connection)

    def expire(self) -> None:
        """Close connections past their deadline; call it about every second."""
        now = time.monotonic()
        for connection in [each for each in self._open if each.until <= now]:
            self._hear_out(connection)
            arrival = connection.arrival
            if connection.until > now:
                continue
            if connection.stage is Stage.RECEIVING and arrival and arrival.has_line:
                self._refuse(connection, TIMED_OUT)
            else:
                self._drop(connection)

    def make_room(self) -> bool:
        """Close the least important connection: of those that we wait for, the oldest. Returns
        whether there was one."""
        now = time.monotonic()
        worth = {
            Stage.CLOSING: 0,
            Stage.IDLE: 2,
            Stage.FRESH: 3,
            Stage.RECEIVING: 3,
            Stage.SENDING: 4,
        }
        ranked = [
            (1 if worth[c.stage] == 3 and now - c.since > _LATE_SECONDS else worth[c.stage], c)
            for c in self._open
            if c.stage in worth
        ]
        if not ranked:
            return False
        self._drop(min(ranked, key=lambda each: (each[0], each[1].since))[1])
        return True

    def end_idle(self, seconds: float) -> None:
        """Close connections that were silent for so long."""
        before = time.monotonic() - seconds
        silent = (Stage.FRESH, Stage.IDLE)
        for connection in [each for each in self._open if each.since <= before]:
            if connection.stage in silent:
                self._hear_out(connection)
            if connection.stage in silent:
                self._drop(connection)

    def end(self) -> None:
        for connection in list(self._open):
            self._drop(connection)

    def _hear_out(self, connection: Connection) -> None:
        """Before a close: the client may have sent while this loop was too busy to look, and a
        close with something unread resets the connection."""
        if connection.stage in _WAITING:
            self._receive(connection)

    def _happened(self, connection: Connection, _socket: object) -> None:
        if connection.stage in _WAITING:
            self._receive(connection)
        elif connection.stage is Stage.SENDING:
            self._send(connection)
        elif not connection.discard():
            self._drop(connection)

    def _receive(self, connection: Connection) -> None:
        try:
            count = connection.receive()
        except OSError:
            count = 0
        if count == 0:
            self._drop(connection)
            return
        if count:
            self._advance(connection)
        if connection.stage in _WAITING:
            self._watch(connection, selectors.EVENT_READ)

    def _advance(self, connection: Connection) -> None:
        """Something of a request is in `received`."""
        arrival = connection.arrival
        if arrival is None:
            arrival = Arrival(self._cfg, connection.client, connection.received, self._most_body)
            connection.begin(arrival)
        try:
            is_complete = arrival.is_complete()
        except ParseException as error:
            self._refuse(connection, status_of(error))
            return
        if is_complete:
            self._hand_over(connection)
            return
        if arrival.request is not None:
            connection.head_is_there()
            if arrival.expects_word():
                connection.invite()
        self._account(connection)

    def _refuse(self, connection: Connection, status: int) -> None:
        connection.refused = status
        self._hand_over(connection)

    def _hand_over(self, connection: Connection) -> None:
        """A large request is refused while too many of them wait for a thread."""
        self._watch(connection, 0)
        connection.enter(Stage.SERVED, float("inf"))
        size = len(connection.received)
        if size > _SMALL_BYTES and self._in_hand + size > self._most_held:
            connection.refused = TOO_BUSY
        if connection.refused:
            connection.received.clear()
        connection.in_hand = len(connection.received)
        self._in_hand += connection.in_hand
        self._account(connection)
        self._serve(connection)

    def _send(self, connection: Connection) -> None:
        try:
            is_sent = connection.outgoing.flush()
        except OSError:
            self._drop(connection)
            return
        if is_sent:
            self._go_on(connection)
        elif connection.stage is not Stage.SENDING:
            connection.enter(Stage.SENDING, SEND_SECONDS)
            self._watch(connection, selectors.EVENT_WRITE)
        self._account(connection)

    def _go_on(self, connection: Connection) -> None:
        """The answer is sent."""
        if not connection.keeps:
            if connection.say_goodbye():
                self._watch(connection, selectors.EVENT_READ)
            else:
                self._drop(connection)
            return
        connection.arrival = None
        connection.enter(Stage.IDLE, self._cfg.keepalive)
        if connection.received:
            self._advance(connection)
        if connection.stage in _WAITING:
            self._watch(connection, selectors.EVENT_READ)

    def _account(self, connection: Connection) -> None:
        """Limit the memory of all slow clients together."""
        holds = 0
        if connection.stage is not Stage.SERVED:
            holds = len(connection.received) + len(connection.outgoing.waiting)
        self._held += holds - connection.accounted
        connection.accounted = holds
        while self._held > self._most_held:
            holders = [c for c in self._open if c.accounted]
            if not holders:
                break
            self._drop(min(holders, key=lambda each: each.since))

    def _watch(self, connection: Connection, events: int) -> None:
        if events == connection.watched:
            return
        if not events:
            self._poller.unregister(connection.socket)
        elif connection.watched:
            self._poller.modify(connection.socket, events, partial(self._happened, connection))
        else:
            self._poller.register(connection.socket, events, partial(self._happened, connection))
        connection.watched = events

    def _drop(self, connection: Connection) -> None:
        if connection in self._open:
            self._watch(connection, 0)
            self._open.discard(connection)
            self._held -= connection.accounted
            connection.close()
