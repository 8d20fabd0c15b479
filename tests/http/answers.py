"""What answers are held to: one envelope for success, one shape for every failure."""

from typing import Any

from werkzeug.test import TestResponse

SHAPE = {"success", "error", "errorCode", "requestId"}


def data_of(answer: TestResponse, status: int = 200) -> Any:
    """The data of a success with this status."""
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.json.keys() == {"success", "data"}
    assert answer.json["success"] is True
    return answer.json["data"]


def refusal_of(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    """The body of a failure with this status and code, in the one shape that failures have."""
    assert (answer.status_code, answer.json.get("errorCode")) == (status, code), answer.json
    body: dict[str, Any] = answer.json
    assert answer.content_type == "application/json"
    assert SHAPE <= body.keys() <= SHAPE | {"details"}
    assert body["success"] is False
    assert body["error"]
    assert isinstance(body["error"], str)
    assert body["requestId"] == answer.headers["X-Request-ID"]
    assert body.get("details") != {}
    return body
