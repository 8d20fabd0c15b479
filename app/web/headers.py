"""Headers that answers carry whatever they say, by path. The views of pages add their own."""

_Headers = list[tuple[str, str]]

CSP = "Content-Security-Policy"
_EVERYWHERE = [
    ("Referrer-Policy", "no-referrer"),
    ("Strict-Transport-Security", "max-age=31536000"),
    ("X-Content-Type-Options", "nosniff"),
]
_NOT_KEPT = [("Cache-Control", "no-store")]
_NOT_FRAMED = [("X-Frame-Options", "DENY")]
_API = [
    *_NOT_KEPT,
    *_EVERYWHERE,
    *_NOT_FRAMED,
    (CSP, "default-src 'none'; frame-ancestors 'none'"),
]
# The page of the API's description has its scripts in itself.
_DOCS = [
    *_NOT_KEPT,
    *_EVERYWHERE,
    *_NOT_FRAMED,
    (CSP, "default-src 'self' 'unsafe-inline' data:; frame-ancestors 'none'"),
]
# A page of any origin may read every answer of the agent, so that it can read why it was refused.
# Who may ask is decided later, by the team's `allowedOrigins`. No cookie and no login takes part.
_AGENT = [
    *_API,
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "Retry-After, X-Request-ID"),
    ("Vary", "Origin"),
]
_AGENT_PREFLIGHT = [
    *_AGENT,
    ("Access-Control-Allow-Methods", "POST"),
    ("Access-Control-Allow-Headers", "Content-Type, X-Request-ID"),
    ("Access-Control-Max-Age", "7200"),
]
_BY_PATH = {"/docs": _DOCS, "/api/agent": _AGENT, "/api/agent/stream": _AGENT}


def fixed_headers(method: str, path: str) -> _Headers:
    headers = _BY_PATH.get(path, _API)
    return _AGENT_PREFLIGHT if headers is _AGENT and method == "OPTIONS" else headers
