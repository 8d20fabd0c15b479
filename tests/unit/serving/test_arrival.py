"""Requests that arrive in pieces: complete when gunicorn's own parser would not wait any more.

Each test compares with gunicorn's parser reading the same bytes from one stream.
"""

import io
import re
from itertools import pairwise
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.http import RequestParser
from gunicorn.http.errors import (
    ChunkMissingTerminator,
    LimitRequestHeaders,
    LimitRequestLine,
    NoMoreData,
    ParseException,
)
from hypothesis import example, given
from hypothesis import strategies as st

from serving.arrival import (
    MOST_FRAMING_BYTES,
    MOST_HEAD_BYTES,
    PIECE_BYTES,
    Arrival,
    BodyTooLarge,
    Held,
)
from serving.refusals import status_of

MOST_BODY = 4096
PEER = ("192.0.2.1", 4711)
CFG = Config()
Told = list[tuple[str, str, bytes] | str]


def by_gunicorn(data: bytes) -> Told:
    """The requests that gunicorn's parser finds, and how it ends."""
    told: Told = []
    try:
        for request in RequestParser(CFG, iter([data]), PEER):
            length = getattr(request.body.reader, "length", 0)
            body = request.body.read()
            # It takes the end of the stream for the end of the body.
            if len(body) < length:
                return [*told, "NoMoreData"]
            told.append((request.method, request.uri, body))
    except (ParseException, NoMoreData) as error:
        told.append(kind(error))
    return told


def kind(error: Exception) -> str:
    """As it is answered. gunicorn has two names for the end of the stream in a chunked body, and
    which fault of several it finds first depends on the pieces in which they come."""
    if isinstance(error, NoMoreData | ChunkMissingTerminator):
        return "NoMoreData"
    return str(status_of(error))


def by_us(pieces: list[bytes]) -> Told:
    """The same where the bytes come in pieces; like a connection, with one buffer."""
    told: Told = []
    received = bytearray()
    arrival = Arrival(CFG, PEER, received, MOST_BODY)
    for piece in pieces:
        received += piece
        try:
            while received and arrival.is_complete():
                request = arrival.take()
                told.append((request.method, request.uri, request.body.read()))
                if request.should_close():
                    return told
                arrival = Arrival(CFG, PEER, received, MOST_BODY)
        except (ParseException, NoMoreData, BodyTooLarge) as error:
            return [*told, kind(error)]
    return [*told, "NoMoreData"] if received or arrival.request else told


def cut(data: bytes, places: list[int]) -> list[bytes]:
    at = sorted({place % (len(data) + 1) for place in places} | {0, len(data)})
    return [data[start:end] for start, end in pairwise(at)] or [data]


def chunked(body: bytes, sizes: list[int], extension: bytes, trailers: bytes) -> bytes:
    out, stream = io.BytesIO(), io.BytesIO(body)
    for size in [*sizes, len(body)]:
        if piece := stream.read(size):
            out.write(b"%x%s\r\n%s\r\n" % (len(piece), extension, piece))
    return out.getvalue() + b"0\r\n" + trailers + b"\r\n"


names = st.from_regex(r"\A[A-Za-z][A-Za-z0-9-]{0,12}\Z").filter(
    lambda name: name.lower() not in {"host", "expect", "connection", "content-length", "te",
                                      "content-type", "transfer-encoding", "trailer"}
)  # fmt: skip
texts = st.from_regex(r"\A[!-~]{0,20}\Z")


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    method = draw(st.sampled_from(["GET", "POST", "PUT", "HEAD", "OPTIONS", "DELETE"]))
    version = draw(st.sampled_from(["1.1", "1.1", "1.1", "1.0"]))
    headers = [f"{n}: {v}" for n, v in draw(st.lists(st.tuples(names, texts), max_size=5))]
    body = draw(st.binary(max_size=300))
    lines = [f"{method} /{draw(st.integers(0, 99))} HTTP/{version}", "Host: x", *headers]
    if draw(st.booleans()) and version == "1.1":
        lines.append("Transfer-Encoding: chunked")
        sizes = draw(st.lists(st.integers(1, 50), max_size=8))
        extension = draw(st.sampled_from([b"", b";a=b", b' ; a="\\"c"']))
        trailers = draw(st.sampled_from([b"", b"X-Checked: yes\r\n"]))
        body = chunked(body, sizes, extension, trailers)
    elif body:
        lines.append(f"Content-Length: {len(body)}")
    return (
        draw(st.sampled_from([b"", b"", b"\r\n"]))
        + "\r\n".join(lines).encode()
        + b"\r\n\r\n"
        + body
    )


places = st.lists(st.integers(0, 10_000), max_size=12)


@given(st.lists(requests(), min_size=1, max_size=4), places)
def test_requests_in_pieces_are_those_that_gunicorn_reads(sent: list[bytes], at: list[int]) -> None:
    """Pipelined ones too, with and without a length."""
    data = b"".join(sent)
    assert by_us(cut(data, at)) == by_gunicorn(data)


@given(requests())
def test_a_request_is_not_complete_before_its_last_byte(data: bytes) -> None:
    received = bytearray()
    arrival = Arrival(CFG, PEER, received, MOST_BODY)
    for number in range(len(data) - 1):
        received += data[number : number + 1]
        assert not arrival.is_complete()
    received += data[-1:]
    assert arrival.is_complete()


@given(requests(), st.integers(0, 10_000), st.binary(min_size=1, max_size=4), places)
def test_a_damaged_request_is_judged_as_gunicorn_judges_it(
    data: bytes, where: int, damage: bytes, at: list[int]
) -> None:
    where %= len(data)
    damaged = data[:where] + damage + data[where + 1 :]
    ours, theirs = by_us(cut(damaged, at)), by_gunicorn(damaged)
    # What follows a fault is for nobody; a body beyond the limit is refused by us alone.
    if ours and ours[-1] == "413":
        assert re.search(rb"(?i)transfer-encoding", damaged)
        return
    assert ours == theirs or (_is_too_long(damaged) and ours[:-1] == theirs[: len(ours) - 1])


def _is_too_long(data: bytes) -> bool:
    return any(int(length) > MOST_BODY for length in re.findall(rb"(?i)length: *(\d{1,9})", data))


@given(st.binary(max_size=200), places)
@example(b"\x00\r\n", [])
@example(b"\r", [])
def test_any_bytes_are_judged_as_gunicorn_judges_them(data: bytes, at: list[int]) -> None:
    """We judge a request line with its head, and gunicorn as soon as it has ended."""
    ours, theirs = by_us(cut(data, at)), by_gunicorn(data)
    if b"\r\n\r\n" not in data and theirs == ["400"]:
        assert ours in (["NoMoreData"], theirs)
    else:
        assert ours == theirs or data in {b"", b"\r\n", b"\r"}


def feed(data: bytes, most_body: int = MOST_BODY) -> tuple[Arrival, bool]:
    arrival = Arrival(CFG, PEER, bytearray(data), most_body)
    return arrival, arrival.is_complete()


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"GET /" + b"a" * 5000, LimitRequestLine),
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 20_000, LimitRequestHeaders),
        (b"GET / HTTP/1.1\r\n" + b"".join(b"H%d: x\r\n" % n for n in range(120)) + b"\r\n",
         LimitRequestHeaders),
        (b"GET / HTTP/1.1\r\nA: " + b"a" * 9000 + b"\r\n\r\n", LimitRequestHeaders),
        (b"GET / HTTP/1.1\r\nA: " + b"a" * 70_000, LimitRequestHeaders),
    ],
)  # fmt: skip
def test_what_is_too_large_is_refused_before_it_ends(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        feed(data)
    assert len(data) < 2 * MOST_HEAD_BYTES


@pytest.mark.parametrize("line", [b"GET / HTTP/1.1\n", b"GET / HTTP/1.1\r\nHost: x\n\n", b"\n"])
def test_a_bare_line_feed_is_refused_at_once(line: bytes) -> None:
    with pytest.raises(ParseException):
        feed(line)


def test_a_long_body_is_handed_over_unread_and_ends_the_connection() -> None:
    arrival, is_complete = feed(b"POST / HTTP/1.1\r\nContent-Length: 5000\r\n\r\n")
    assert is_complete
    request = arrival.take()
    assert request.body.read() == b""
    assert request.should_close()


@pytest.mark.parametrize(
    "size", [b"1001", b"ffffffffffffff", b"800\r\n" + b"a" * 0x800 + b"\r\n801"]
)
def test_a_long_body_in_chunks_is_too_large_as_soon_as_it_says_so(size: bytes) -> None:
    arrival, is_complete = feed(
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + size + b"\r\n"
    )
    assert is_complete
    with pytest.raises(BodyTooLarge):
        arrival.take()


def test_many_small_chunks_are_bounded_by_what_they_take() -> None:
    head = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    padding = b";" + b"a" * 4000
    arrival, is_complete = feed(head + (b"1" + padding + b"\r\na\r\n") * 40)
    assert is_complete
    with pytest.raises(BodyTooLarge):
        arrival.take()


@pytest.mark.parametrize("size", [b"ZZ", b"-1", b"+1", b"0x1", b"1_0", b" 1", b"", b"1" * 20])
def test_a_broken_chunk_is_refused(size: bytes) -> None:
    head = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    arrival, is_complete = feed(head + size + b"\r\na\r\n0\r\n\r\n")
    assert is_complete
    with pytest.raises((ParseException, BodyTooLarge)):
        arrival.take()


def test_a_client_that_waits_for_our_word_gets_it_once() -> None:
    arrival, is_complete = feed(
        b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"
    )
    assert not is_complete
    assert [arrival.expects_word() for _ in range(3)] == [True, False, False]
    arrival.received += b"x"
    assert arrival.is_complete()
    assert not arrival.take()._expected_100_continue


@pytest.mark.parametrize(
    ("data", "has_line"),
    [(b"", False), (b"GET /", False), (b"\r\n", False), (b"GET / HTTP/1.1\r\nHost", True)],
)
def test_an_answer_makes_sense_as_soon_as_there_is_a_request_line(
    data: bytes, has_line: bool
) -> None:
    arrival, _ = feed(data)
    assert arrival.has_line is has_line


def test_each_test_sees_gunicorns_own_settings() -> None:
    seen: Any = (CFG.limit_request_line, CFG.limit_request_fields, CFG.limit_request_field_size)
    assert seen == (4094, 100, 8190)


CHUNKED = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"


def test_chunks_of_one_byte_may_add_only_so_much() -> None:
    """Each costs the parser a step: 24 s for a body of the largest size, before it was limited."""
    fits, tiny = MOST_FRAMING_BYTES // 5 - 20, b"1\r\na\r\n"
    roomy = Arrival(CFG, PEER, bytearray(CHUNKED + tiny * fits + b"0\r\n\r\n"), 1 << 18)
    assert roomy.is_complete()
    assert roomy.take().body.read() == b"a" * fits
    crowded = Arrival(CFG, PEER, bytearray(CHUNKED + tiny * (fits + 40)), 1 << 18)
    assert crowded.is_complete()
    with pytest.raises(BodyTooLarge):
        crowded.take()


def test_gunicorn_parses_a_body_in_small_pieces() -> None:
    """It copies what is left of a piece for each chunk in it."""
    held = Held(b"head")
    assert held.read() == b"head"
    held.feed(b"x" * 3 * PIECE_BYTES)
    assert len(held.read()) == PIECE_BYTES
    assert len(held.read(None, read_ahead=PIECE_BYTES + 1)) == PIECE_BYTES + 1
    held.unread(b"again")
    assert held.take_buffered() == b"again" + b"x" * (PIECE_BYTES - 1)
    assert held.read() == b""


class Watched(bytearray):
    """Counts the bytes that a search for an end may look at."""

    searched = 0

    def find(self, what: Any, start: Any = 0, *end: Any) -> int:
        self.searched += len(self) - start
        return super().find(what, start, *end)


def test_trailers_that_come_byte_by_byte_are_searched_once() -> None:
    received = Watched(CHUNKED + b"0\r\n")
    arrival = Arrival(CFG, PEER, received, MOST_BODY)
    assert not arrival.is_complete()
    before, trailers = received.searched, b"A: b\r\n" * 1000
    for byte in trailers:
        received.append(byte)
        assert not arrival.is_complete()
    assert received.searched - before <= 4 * len(trailers)
