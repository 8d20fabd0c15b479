"""One request while it arrives: the received part, and whether the app can be called.

gunicorn's own parser reads the head and decides what is a valid request and how long its body is.
This module only decides when there is enough to call it, so that no thread waits for a client.
"""

import io
import re
from typing import Any

from gunicorn.http.body import CHUNK_EXT_RE, ChunkedReader, LengthReader
from gunicorn.http.errors import LimitRequestHeaders, NoMoreData
from gunicorn.http.message import Request
from gunicorn.http.unreader import Unreader

MOST_HEAD_BYTES = 64 * 1024
# What the sizes, extensions and trailers of chunks may add to the body that the app reads.
MOST_FRAMING_BYTES = 64 * 1024
_MOST_CHUNK_LINE = 8 * 1024
# gunicorn's parser copies the rest of what it was given for each chunk: of a whole body in chunks
# of one byte that was 24 s of CPU time.
PIECE_BYTES = 1024
_HEAD_END = b"\r\n\r\n"
_BARE_LINE_FEED = re.compile(rb"(?<!\r)\n")
_CHUNK_LINE = re.compile(rb"([0-9a-fA-F]+)" + CHUNK_EXT_RE.pattern)


class BodyTooLarge(Exception):
    """A body without a length has become longer than the app reads."""


class Held(Unreader):
    """The received bytes, for gunicorn's parsers: a head at once, a chunked body in pieces. At the
    end it returns nothing, and does not wait."""

    def __init__(self, head: bytes) -> None:
        super().__init__()
        self.buf.write(head)
        self._body, self._at = b"", 0

    def feed(self, body: bytes) -> None:
        self._body, self._at = body, 0

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return the next piece: as much as the parser says it uses, else a small one."""
        piece = self._body[self._at : self._at + max(size_hint or 0, PIECE_BYTES)]
        self._at += len(piece)
        return piece

    def take_buffered(self) -> bytes:
        unused: bytes = super().take_buffered() + self._body[self._at :]
        self.feed(b"")
        return unused


class Arrival:
    """`received` is what the connection has received and no request has used.

    Methods raise gunicorn's `ParseException` for an invalid request.
    """

    def __init__(self, cfg: Any, peer: Any, received: bytearray, most_body: int) -> None:
        self.received = received
        self.request: Any = None
        self._cfg = cfg
        self._peer = peer
        self._most_body = most_body
        self._searched = 0
        self._chunks: _Chunks | None = None

    @property
    def has_line(self) -> bool:
        """Whether at least a request line has arrived, so that an answer makes sense."""
        return self.request is not None or self.received.find(b"\r\n", 2) > 0

    def expects_word(self) -> bool:
        """Whether the client waits for `100 Continue` before it sends the body. True once."""
        expected = bool(self.request._expected_100_continue)
        self.request._expected_100_continue = False
        return expected

    def is_complete(self) -> bool:
        """Whether the app can be called: the request is complete, or longer than the app reads."""
        if self.request is None and not self._read_head():
            return False
        reader = self.request.body.reader
        if isinstance(reader, LengthReader):
            length: int = reader.length
            return length > self._most_body or len(self.received) >= length
        if self._chunks is None:
            self._chunks = _Chunks(self._most_body)
        return self._chunks.are_over(self.received)

    def take(self) -> Any:
        """The request with its body in memory. Later bytes stay in `received`."""
        request = self.request
        # gunicorn would send `100 Continue` now; if needed, that was already done.
        request._expected_100_continue = False
        reader = request.body.reader
        if isinstance(reader, ChunkedReader):
            body = self._decoded(request)
        elif reader.length > self._most_body:
            body = b""
            request.force_close()
        else:
            body = bytes(self.received[: reader.length])
            del self.received[: reader.length]
        request.body = io.BytesIO(body)
        return request

    def _read_head(self) -> bool:
        start, self._searched = max(0, self._searched - 3), len(self.received)
        if self.received.find(_HEAD_END, start) < 0 and not self._is_hopeless(start):
            return False
        held = Held(bytes(self.received))
        try:
            self.request = Request(self._cfg, held, self._peer)
        except NoMoreData:
            if len(self.received) > MOST_HEAD_BYTES:
                raise LimitRequestHeaders("too large") from None
            return False
        self.received[:] = held.take_buffered()
        return True

    def _is_hopeless(self, start: int) -> bool:
        """Whether the parser rejects the received bytes, whatever follows."""
        line = self._cfg.limit_request_line + 2
        return (
            len(self.received) > MOST_HEAD_BYTES
            or (len(self.received) > line and b"\r\n" not in self.received[:line])
            or _BARE_LINE_FEED.search(self.received, start) is not None
        )

    def _decoded(self, request: Any) -> bytes:
        if self._chunks and self._chunks.are_too_many:
            raise BodyTooLarge
        request.unreader.feed(bytes(self.received))
        body: bytes = request.body.read()
        self.received[:] = request.unreader.take_buffered()
        return body


class _Chunks:
    """Find the end of a chunked body. The parser validates it afterwards."""

    def __init__(self, most_body: int) -> None:
        self._most_body = most_body
        self._at = 0
        self._decoded = 0
        self._trailers = 0
        self._searched = 0
        self.are_too_many = False

    def are_over(self, data: bytearray) -> bool:
        """Whether the last chunk has arrived, or something that makes the rest pointless."""
        while not self._trailers:
            line_end = data.find(b"\r\n", self._at)
            if line_end < 0:
                return len(data) - self._at > _MOST_CHUNK_LINE
            found = _CHUNK_LINE.fullmatch(data, self._at, line_end)
            if not found:
                return True
            size = int(found[1], 16)
            if size == 0:
                self._trailers = self._searched = line_end + 2
                break
            after = line_end + 2 + size + 2
            decoded = self._decoded + size
            self.are_too_many = decoded > self._most_body or after - decoded > MOST_FRAMING_BYTES
            if self.are_too_many:
                return True
            if len(data) < after:
                return False
            self._at, self._decoded = after, decoded
        return self._has_end(data)

    def _has_end(self, data: bytearray) -> bool:
        """Search each byte of the trailers once, although they may come one by one."""
        start, self._searched = self._searched, max(self._trailers, len(data) - 3)
        return (
            data.startswith(b"\r\n", self._trailers)
            or data.find(_HEAD_END, start) >= 0
            or _BARE_LINE_FEED.search(data, start) is not None
            or len(data) - self._trailers > MOST_FRAMING_BYTES
        )
