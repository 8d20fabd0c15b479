"""One WSGI answer on its way to the client."""

from collections.abc import Iterable
from typing import Any

from gunicorn.http.wsgi import Response


class Answer(Response):
    """gunicorn drops `Connection: close` from what the app says; here it ends the connection."""

    def process_headers(self, headers: list[tuple[str, str]]) -> None:
        super().process_headers(headers)
        if ("Connection", "close") in headers:
            self.force_close()


def write(answer: Answer, body: Iterable[bytes]) -> bool:
    """Write the answer, and return whether its connection can be kept."""
    try:
        for piece in body:
            answer.write(piece)
        answer.close()
    finally:
        close(body)
    return not answer.should_close()


def close(body: Any) -> None:
    if hasattr(body, "close"):
        body.close()
