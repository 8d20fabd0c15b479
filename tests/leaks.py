"""Leak canaries: every test key is unique, and everything that leaves the app is kept and searched.

Whatever is written here (answers, logs at DEBUG, standard error, metrics, the cache directory,
Valkey's dump) is searched for each key: raw, base64, URL-escaped and JSON-escaped.
"""

import base64
import json
import logging
import secrets
import threading
from pathlib import Path
from typing import Any
from urllib.parse import quote

from app.observability.logs import JsonLines

_SHORTEST = 12


class Canaries:
    """The keys that were given out, and where they must not be seen."""

    def __init__(self, directory: Path) -> None:
        self._keys: set[str] = set()
        self._lock = threading.Lock()
        self._watched: list[Path] = []
        self.captured = directory / "captured"
        self.captured.mkdir()

    def key(self, prefix: str = "canary") -> str:
        """A Blawby key that no one else has; with characters that escapes would change."""
        key = f'{prefix}/{secrets.token_hex(12)}+"&%'
        self.watch_for(key)
        return key

    def watch_for(self, text: str) -> None:
        with self._lock:
            self._keys.add(text)

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
        needles = {needle for key in self._keys for needle in _forms(key)}
        beginnings = {needle[:_SHORTEST] for needle in needles}
        places = {p for root in (self.captured, *self._watched) for p in _files(root)}
        return sorted(
            str(place)
            for place in places
            for content in [_read(place)]
            if any(needle in content for needle in _begun(content, beginnings, needles))
        )

    def middleware(self, wsgi: Any) -> Any:
        """Keeps every byte that the app answers, headers too."""

        def answering(environ: dict[str, Any], start_response: Any) -> Any:
            def starting(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
                self.keep("answers", f"{status} {headers}".encode())
                return start_response(status, headers, *rest)

            body = b"".join(wsgi(environ, starting))
            self.keep("answers", body)
            return [body]

        return answering


def _forms(key: str) -> set[bytes]:
    """A key as it could appear. Of base64 the part that its neighbours do not change."""
    raw = key.encode()
    shifted = {base64.b64encode(b"x" * shift + raw)[4:-4] for shift in range(3)}
    urlsafe = {base64.urlsafe_b64encode(b"x" * shift + raw)[4:-4] for shift in range(3)}
    texts = {key, quote(key), quote(key, safe=""), json.dumps(key)[1:-1], repr(key)[1:-1]}
    return {
        form for form in shifted | urlsafe | {t.encode() for t in texts} if len(form) >= _SHORTEST
    }


def _begun(content: bytes, beginnings: set[bytes], needles: set[bytes]) -> set[bytes]:
    """The needles whose first letters are in the content: one pass, however many there are."""
    windows = (content[at : at + _SHORTEST] for at in range(len(content) - _SHORTEST + 1))
    found = {window for window in windows if window in beginnings}
    return {needle for needle in needles if needle[:_SHORTEST] in found} if found else set()


def _files(root: Path) -> list[Path]:
    return [p for p in root.rglob("*") if p.is_file()] if root.is_dir() else [root]


def _read(place: Path) -> bytes:
    try:
        return place.read_bytes()
    except FileNotFoundError:
        return b""
