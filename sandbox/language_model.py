"""A language model's server that speaks OpenAI's chat completions, and answers as it is told to.

`python -m sandbox.language_model --port N [--url-file F]`. Without a script it answers like a
small, friendly model: it thanks the client, and proposes nothing.
"""

import argparse
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest

from sandbox.server import make_sandbox_server, serve

_MEGABYTE = 1 << 20
_THANKS = {"en": "Thank you for telling me that.", "es": "Gracias por contarme eso."}


class Script:
    """What the next calls are answered. `asked` keeps the bodies and headers of all calls."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next: list[dict[str, Any]] = []
        self._always: dict[str, Any] | None = None
        self.asked: list[dict[str, Any]] = []

    def then(self, kind: str, value: Any = None, **options: Any) -> "Script":
        """One answer more."""
        with self._lock:
            self._next.append({"kind": kind, "value": value} | options)
        return self

    def always(self, kind: str, value: Any = None, **options: Any) -> "Script":
        """Instead of the friendly model, once the others are used up."""
        with self._lock:
            self._always = {"kind": kind, "value": value} | options
        return self

    def reset(self) -> None:
        with self._lock:
            self._next, self._always, self.asked = [], None, []

    def take(self, body: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            self.asked.append({"body": body, "headers": dict(request.headers)})
            told = self._next.pop(0) if self._next else self._always
        return told or {"kind": "arguments", "value": _friendly(body)}


def create_language_model() -> Flask:
    """`app.extensions["script"]` is the `Script`; `POST /_sandbox/script` adds to it over HTTP."""
    app = Flask("language_model")
    script = Script()
    app.extensions["script"] = script

    @app.post("/v1/chat/completions")
    def complete() -> Response:
        body = request.get_json()
        told = script.take(body)
        time.sleep(float(told.get("seconds", 0)))
        return _ANSWERS[told["kind"]](body, told["value"])

    @app.post("/_sandbox/script")
    def add() -> dict[str, Any]:
        told = request.get_json()
        if told.get("kind") not in _ANSWERS:
            raise BadRequest("unknown kind")
        (script.always if told.pop("always", False) else script.then)(**told)
        return {}

    @app.delete("/_sandbox/script")
    def forget() -> dict[str, Any]:
        script.reset()
        return {}

    return app


def _stall(seconds: float) -> Response:
    time.sleep(seconds)
    return _json({}, 500)


def _held(body: Mapping[str, Any], go_on: threading.Event) -> Response:
    """Answers when a test in the same process says so."""
    go_on.wait(60)
    return _json(_completion(_called(body, _friendly(body))))


def _cut() -> Response:
    """Announces more than it sends, then closes."""
    answer = Response('{"id": "x", "choi', content_type="application/json")
    answer.headers["Content-Length"] = "5000"
    return answer


def _completion(message: Mapping[str, Any]) -> dict[str, Any]:
    reason = "tool_calls" if "tool_calls" in message else "stop"
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "sandbox",
        "choices": [{"index": 0, "message": message, "finish_reason": reason}],
        "usage": {"prompt_tokens": 900, "completion_tokens": 60, "total_tokens": 960},
    }


def _called(body: Mapping[str, Any], arguments: Any) -> dict[str, Any]:
    """A call of the tool that the request offers. A text is sent as it is, JSON or not."""
    name = body["tools"][0]["function"]["name"]
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    call = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": text}}
    return {"role": "assistant", "content": None, "tool_calls": [call]}


def _friendly(body: Mapping[str, Any]) -> dict[str, Any]:
    data = json.loads(body["messages"][-1]["content"])
    return {"words": _THANKS.get(data.get("language"), _THANKS["en"])}


def _drips(pause: float) -> Iterator[str]:
    """A blank now and then, and never an end."""
    while True:
        yield " "
        time.sleep(pause)


def _flood(megabytes: int) -> Iterator[bytes]:
    yield b'{"id": "'
    for _ in range(megabytes):
        yield b"x" * _MEGABYTE
    yield b'"}'


def _json(document: Any, status: int = 200) -> Response:
    return Response(json.dumps(document), status, content_type="application/json")


_ANSWERS: Mapping[str, Callable[[Mapping[str, Any], Any], Response]] = {
    "arguments": lambda body, value: _json(_completion(_called(body, value))),
    "content": lambda _, value: _json(_completion({"role": "assistant", "content": value})),
    "refusal": lambda _, value: _json(
        _completion({"role": "assistant", "content": None, "refusal": value})
    ),
    "choices": lambda _, value: _json({"object": "chat.completion", "choices": value}),
    "body": lambda _, value: _json(value),
    "status": lambda _, value: _json({"error": {"message": "no", "type": "x"}}, int(value)),
    "held": _held,
    "stall": lambda _, value: _stall(float(value)),
    "drip": lambda _, value: Response(_drips(float(value)), content_type="application/json"),
    "cut": lambda _, __: _cut(),
    "flood": lambda _, value: Response(_flood(int(value)), content_type="application/json"),
    "html": lambda _, __: Response("<html>Soon back.</html>", content_type="text/html"),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox.language_model", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8400, help="0: one that is free")
    parser.add_argument("--url-file", type=Path, help="gets the URL as soon as it listens")
    options = parser.parse_args()
    server = make_sandbox_server(create_language_model(), options.host, options.port)
    url = f"http://{options.host}:{server.server_port}/v1"
    return serve(server, "Language model sandbox", url, options.url_file)


if __name__ == "__main__":
    sys.exit(main())
