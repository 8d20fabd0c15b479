"""Where rates are counted: in Valkey or Redis for many machines, else in this worker's memory."""

from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

_SOCKET_SECONDS = 0.2


def rate_limiter(redis_url: str | None) -> FixedWindowRateLimiter:
    if redis_url is None:
        return FixedWindowRateLimiter(storage_from_string("memory://"))
    options = {"socket_timeout": _SOCKET_SECONDS, "socket_connect_timeout": _SOCKET_SECONDS}
    return FixedWindowRateLimiter(storage_from_string(redis_url, wrap_exceptions=True, **options))
