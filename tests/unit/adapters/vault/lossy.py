"""A small KV store behind HTTP whose answers to writes get lost as a test wants it."""

from collections import deque
from collections.abc import Callable
from typing import Any

from tests.scripted_server import Answer, Seen

CREATED = "2031-05-01T12:00:00Z"
_LOST: Answer = (500, {"errors": ["internal error"]})


class LossyKv:
    """`fates` of the next writes, one after the other; then all goes well.

    `ok`: done and answered. `lost`: done, and the answer is a 500. `failed`: not done, and the
    answer is a 500. `down`: not done, and Vault is `sealed` from then on, for reads too. `after`:
    what somebody else does, once, after the first write of the document at this place.
    """

    def __init__(self) -> None:
        self.documents: dict[str, list[dict[str, Any]]] = {}
        self.fates: deque[str] = deque()
        self.after: dict[str, Callable[[], None]] = {}
        self.writes: list[str] = []
        self.sealed = False

    def __call__(self, seen: Seen) -> Answer:
        if self.sealed:
            return 503, {"errors": ["Vault is sealed"]}
        _, _, mount, kind, path = [*seen.path.partition("?")[0].split("/", 4), ""][:5]
        if seen.method in ("GET", "LIST"):
            return self._read(mount, kind, path)
        fate = self.fates.popleft() if self.fates else "ok"
        self.writes.append(f"{seen.method} {kind} {path}")
        if fate == "down":
            self.sealed = True
            return 503, {"errors": ["Vault is sealed"]}
        if fate == "failed":
            return _LOST
        answer = self._write(f"{mount}/{path}", kind, seen)
        if kind == "data" and (others := self.after.pop(f"{mount}/{path}", None)):
            others()
        return _LOST if fate == "lost" else answer

    def _read(self, mount: str, kind: str, path: str) -> Answer:
        versions = self.documents.get(f"{mount}/{path}")
        if mount == "auth":
            return 200, {"request_id": "r", "data": {"role_id": "r"}}
        if mount == "identity":
            return 200, {"request_id": "r", "data": {"id": "an-entity"}}
        if mount == "sys":
            mounts = {name: {"accessor": name} for name in ("teams/", "token/")}
            return 200, {"request_id": "r", "data": mounts}
        if not versions:
            return 404, {"errors": []}
        number = len(versions)
        about = {"version": number, "created_time": CREATED, "current_version": number}
        data: dict[str, Any] = {"metadata": about} | about
        data["data"] = versions[-1]
        data["subkeys"] = _names(versions[-1])
        return 200, {"request_id": "r", "data": data}

    def _write(self, place: str, kind: str, seen: Seen) -> Answer:
        if kind == "metadata":
            self.documents.pop(place, None)
            return 204, b""
        if kind != "data":
            return 204, b""
        versions = self.documents.setdefault(place, [])
        body = seen.document
        cas = (body.get("options") or {}).get("cas")
        if cas is not None and cas != len(versions):
            told = "check-and-set parameter did not match the current version"
            return 400, {"errors": [told]}
        versions.append(body["data"])
        return 200, {"request_id": "r", "data": {"version": len(versions)}}


def _names(value: Any) -> Any:
    return (
        {name: _names(inner) for name, inner in value.items()} if isinstance(value, dict) else None
    )
