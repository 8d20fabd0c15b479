"""Tokens that were seen lately, as salted hashes in this process."""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b
from math import inf

from app.domain.secret import SecretString

_MOST_TOKENS = 10_000


class TokenMemory:
    """Keeps each token for some seconds. If it is full, the oldest are removed first."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds = seconds
        self._clock = clock
        self._salt = secrets.token_bytes(16)
        self._until: OrderedDict[bytes, float] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, token: SecretString) -> None:
        digest = self._digest(token)
        with self._lock:
            self._until[digest] = self._clock() + self._seconds
            self._until.move_to_end(digest)
            while len(self._until) > _MOST_TOKENS:
                self._until.popitem(last=False)

    def forget(self, token: SecretString) -> None:
        with self._lock:
            self._until.pop(self._digest(token), None)

    def __contains__(self, token: SecretString) -> bool:
        with self._lock:
            return self._until.get(self._digest(token), -inf) > self._clock()

    def _digest(self, token: SecretString) -> bytes:
        return blake2b(token.reveal().encode(), key=self._salt, digest_size=16).digest()
