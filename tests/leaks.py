"""Leak canaries: everything that leaves the app is kept, and searched for the test keys.

Whatever is written here (answers, logs at DEBUG, standard error, metrics, the cache directory,
Valkey's dump) is searched raw, base64, URL-escaped and JSON-escaped. Every key of a session holds
the session's mark, which no escape changes, so that one search finds them all.
"""

import base64
import logging
import secrets
import threading
from pathlib import Path
from typing import Any

from app.observability.logs import JsonLines


class Canaries:
    """The keys that were given out, and where they must not be seen."""

    def __init__(self, directory: Path) -> None:
        self._mark = secrets.token_hex(12)
        self._texts = {self._mark}
        self._lock = threading.Lock()
        self._watched: list[Path] = []
        self.captured = directory / "captured"
        self.captured.mkdir()

    def key(self, prefix: str = "canary") -> str:
        """A Blawby key that no one else has; with characters that escapes would change."""
        return f'{prefix}/{self._mark}{secrets.token_hex(8)}+"&%'

    def watch_for(self, text: str) -> None:
        """A secret of another kind, of letters and digits."""
        with self._lock:
            self._texts.add(text)

    def watch(self, place: Path) -> None:
        """A file or directory that is searched at the end."""
        self._watched.append(place)

    def keep(self, name: str, content: bytes) -> None:
        with self._lock, (self.captured / name).open("ab") as file:
            file.write(content + b"\n")

    def listen(self) -> None:
        """Keeps all logs, at DEBUG, as the app writes them."""
        handler = logging.FileHandler(self.captured / "logs")
        handler.setFormatter(JsonLines())
        logging.getLogger().addHandler(handler)

    def sightings(self) -> list[str]:
        """Where a key was seen: the places alone, never the key."""
        wanted = {needle for text in self._texts for needle in _forms(text)}
        places = {p for root in (self.captured, *self._watched) for p in _files(root)}
        return sorted(str(place) for place in places if _holds(_read(place), wanted))

    def middleware(self, wsgi: Any) -> Any:
        """Keeps every byte that the app answers, headers too."""

        def answering(environ: dict[str, Any], start_response: Any) -> Any:
            def starting(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
                self.keep("answers", f"{status} {headers}".encode())
                return start_response(status, headers, *rest)

            pieces = wsgi(environ, starting)
            body = b"".join(pieces)
            if hasattr(pieces, "close"):
                pieces.close()
            self.keep("answers", body)
            return [body]

        return answering


def _forms(text: str) -> set[bytes]:
    """A text as it could appear. Of base64 the part that its neighbours do not change."""
    raw = text.encode()
    shifted = [b"x" * shift + raw for shift in range(3)]
    standard = {base64.b64encode(each)[4:-4] for each in shifted}
    return {raw} | standard | {base64.urlsafe_b64encode(each)[4:-4] for each in shifted}


def _holds(content: bytes, wanted: set[bytes]) -> bool:
    return any(needle in content for needle in wanted)


def _files(root: Path) -> list[Path]:
    return [p for p in root.rglob("*") if p.is_file()] if root.is_dir() else [root]


def _read(place: Path) -> bytes:
    try:
        return place.read_bytes()
    except FileNotFoundError:
        return b""
