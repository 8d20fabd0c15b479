"""The ways in which the intake may say a thing, for tests that do not care which."""

from app.services.intake.languages import DEFAULT


def said(response: str, name: str, **fields: str) -> bool:
    """Whether an answer says this sentence, in one of its ways."""
    known = {"team": "", "first": "", **fields}
    return any(_matches(way, response, known) for way in DEFAULT.sentences[name])


def _matches(way: str, response: str, fields: dict[str, str]) -> bool:
    for field, value in fields.items():
        if value:
            way = way.replace(f"{{{field}}}", value)
    return way in response
