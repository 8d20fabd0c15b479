"""Why a connection failed, in one of few words: an operator mends each of them in another place."""

import socket
import ssl
from collections.abc import Iterator

import urllib3
from urllib3.util.ssl_match_hostname import CertificateError

# What OpenSSL's verification says (X509_V_ERR_* in openssl/x509_vfy.h).
_VERIFICATION = {
    **dict.fromkeys((2, 18, 19, 20, 21), "tls_unknown_ca"),
    10: "tls_expired",
    **dict.fromkeys((62, 64), "tls_wrong_name"),
}
_BY_TYPE = (
    (CertificateError, "tls_wrong_name"),
    (ssl.SSLError, "tls_other"),
    ((socket.gaierror, urllib3.exceptions.NameResolutionError), "dns"),
    (ConnectionRefusedError, "refused"),
    ((ConnectionResetError, BrokenPipeError, ConnectionAbortedError), "reset"),
)
_TIMEOUTS = (TimeoutError, urllib3.exceptions.TimeoutError)
_IN_WORDS = {
    "dns": "its name cannot be resolved",
    "refused": "it refuses the connection",
    "reset": "it closes the connection",
    "timeout": "it does not answer in time",
    "tls_unknown_ca": "its certificate is of an authority that is not trusted",
    "tls_expired": "its certificate has expired",
    "tls_wrong_name": "its certificate is for another name",
    "tls_other": "TLS with it fails",
    "other": "the connection to it fails",
}


def cause_of(error: BaseException) -> str:
    """One of `upstreams.CAUSES`, by the innermost exception that tells."""
    chain = list(_chain(error))
    for inner in chain:
        if isinstance(inner, ssl.SSLCertVerificationError):
            return _VERIFICATION.get(inner.verify_code, "tls_other")
    for types, cause in _BY_TYPE:
        if any(isinstance(inner, types) for inner in chain):
            return cause
    # NewConnectionError is a ConnectTimeoutError by name alone.
    timeouts = (inner for inner in chain if isinstance(inner, _TIMEOUTS))
    late = any(not isinstance(it, urllib3.exceptions.NewConnectionError) for it in timeouts)
    return "timeout" if late else "other"


def in_words(cause: str) -> str:
    """The end of a sentence about a server: no word of the exception, which may hold a value."""
    return _IN_WORDS[cause]


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception, what it wraps and what it came from, in any depth."""
    waiting, seen = [error], set[int]()
    while waiting:
        inner = waiting.pop()
        if id(inner) in seen:
            continue
        seen.add(id(inner))
        yield inner
        wrapped = (inner.__cause__, inner.__context__, getattr(inner, "reason", None), *inner.args)
        waiting.extend(it for it in wrapped if isinstance(it, BaseException))
