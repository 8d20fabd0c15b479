"""Which entries of Vault's audit log belong to an intake. It holds names, and hashes of values."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.services.support.story import Happening, moment
from app.services.support.trail import Trail, parsed

_HEADER = "x-request-id"


def from_audit(lines: Iterable[bytes], trail: Trail) -> list[Happening]:
    """What Vault did for the trail's requests, and with its matters."""
    names = [name.encode() for name in trail.requests | trail.matters]
    likely = parsed(line for line in lines if any(name in line for name in names))
    return [told for entry in likely if (told := _told(entry, trail))]


def _told(entry: Mapping[str, Any], trail: Trail) -> Happening | None:
    at, request = moment(entry.get("time")), _object(entry.get("request"))
    path = str(request.get("path"))
    sent = _object(request.get("headers")).get(_HEADER)
    asked = {str(each) for each in sent} if isinstance(sent, list) else set()
    mine = asked & trail.requests or any(matter in path for matter in trail.matters)
    if entry.get("type") != "response" or at is None or not mine:
        return None
    who = _object(entry.get("auth"))
    details = {
        "path": path,
        "outcome": "refused" if entry.get("error") else "done",
        "who": who.get("display_name") or None,
        "policies": who.get("token_policies") or None,
        "request_id": next(iter(sorted(asked)), None),
    }
    told = {name: value for name, value in details.items() if value}
    return Happening(at, "audit", str(request.get("operation")), told)


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
