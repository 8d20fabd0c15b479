"""What a proxy in front of Vault, or a Vault that is none, may answer."""

from collections.abc import Callable

from tests.faults.tcp_proxy import Behaviour, Exchange

HTML = "text/html"
PAGE = b"<html><body>Bad Gateway</body></html>"


def answers(
    status: int, body: bytes = b'{"errors":[]}', kind: str = "application/json"
) -> Behaviour:
    """The same to everything; Vault behind hears nothing of it."""

    def behaviour(exchange: Exchange) -> None:
        exchange.answer(_whole(status, body, kind))

    return behaviour


def commits_then_answers(status: int, body: bytes, kind: str = "application/json") -> Behaviour:
    """Vault does what was asked, and the client is told something else."""

    def behaviour(exchange: Exchange) -> None:
        exchange.forward()
        exchange.answer(_whole(status, body, kind))

    return behaviour


def redirects(location: Callable[[], str]) -> Behaviour:
    def behaviour(exchange: Exchange) -> None:
        exchange.answer(
            b"HTTP/1.1 307 Temporary Redirect\r\nConnection: close\r\nContent-Length: 0\r\n"
            b"Location: " + location().encode() + b"\r\n\r\n"
        )

    return behaviour


def drips(exchange: Exchange) -> None:
    """The right answer at forty bytes a second: each comes long before a receive times out."""
    for byte in exchange.forward():
        exchange.answer(bytes([byte]))
        if exchange.released.wait(1 / 40):
            return


def _whole(status: int, body: bytes, kind: str) -> bytes:
    head = (
        f"HTTP/1.1 {status} Something\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
