"""A worker's memory and the stamps that are shared: nothing is pickled on either way."""

import io
import pickle

import pytest
from flask import Flask

from app.adapters.cache.backends import StampSerializer, worker_memory
from app.domain.secret import SecretString

STAMP = "0123456789abcdef" * 2


def test_values_are_kept_as_they_are() -> None:
    """A secret refuses to be pickled, and none has to be."""
    memory = worker_memory(Flask("worker"), 100)
    secret = SecretString("the-text")
    memory.set("key", secret, 60)
    assert memory.get("key") is secret
    memory.delete("key")
    assert memory.get("key") is None


def test_what_would_expire_first_makes_room() -> None:
    memory = worker_memory(Flask("worker"), 100)
    for number in range(150):
        memory.set(f"key-{number}", number, 1000 + number)
    kept = [number for number in range(150) if memory.get(f"key-{number}") is not None]
    # A tenth goes whenever there are more than a hundred.
    assert kept == list(range(50, 150))


def test_a_stamp_is_written_as_its_digits() -> None:
    file = io.BytesIO()
    StampSerializer().dump(STAMP, file)
    assert file.getvalue() == STAMP.encode()
    file.seek(0)
    assert StampSerializer().load(file) == STAMP


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"x", STAMP[:-1].encode(), f"{STAMP}\n".encode(), STAMP.upper().encode()),
        *(b"\x80" * 32, pickle.dumps(STAMP), pickle.dumps({"a": 1})),
    ],
)
def test_whatever_else_is_found_reads_as_absent(content: bytes) -> None:
    assert StampSerializer().loads(content) is None
    assert StampSerializer().load(io.BytesIO(content)) is None
