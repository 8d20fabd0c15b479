"""Static files of a page, kept in memory. Their addresses change with their content."""

from hashlib import sha256
from pathlib import Path

from flask import Response
from werkzeug.exceptions import NotFound

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_FOR_GOOD = "public, max-age=31536000, immutable"


class Assets:
    def __init__(self, directory: Path) -> None:
        files = [file for file in sorted(directory.iterdir()) if file.suffix in _TYPES]
        self._contents = {file.name: file.read_bytes() for file in files}
        self._digests = {
            name: sha256(content).hexdigest()[:16] for name, content in self._contents.items()
        }

    def digest(self, name: str) -> str:
        """Part of the file's address, so that browsers may cache the file for good."""
        return self._digests[name]

    def answer(self, name: str, digest: str) -> Response:
        """The current file. During an update a browser may request the other version's file from
        this instance: that answer is not cached. Raises `NotFound`."""
        if name not in self._contents:
            raise NotFound
        answer = self._of(name)
        if digest == self._digests[name]:
            answer.headers["Cache-Control"] = _FOR_GOOD
        return answer

    def short_lived(self, name: str, seconds: int) -> Response:
        """The file at an address that does not change: cached for a while, then requested again."""
        answer = self._of(name)
        answer.headers["Cache-Control"] = f"public, max-age={seconds}"
        answer.set_etag(self._digests[name])
        return answer

    def _of(self, name: str) -> Response:
        return Response(self._contents[name], content_type=_TYPES[Path(name).suffix])
