"""Headers of all answers, by path."""

Headers = list[tuple[str, str]]

CSP = "Content-Security-Policy"
_FRAMES = "X-Frame-Options"
_EVERYWHERE = [
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("Strict-Transport-Security", "max-age=31536000"),
    ("X-Content-Type-Options", "nosniff"),
    (_FRAMES, "DENY"),
]
_API = [*_EVERYWHERE, (CSP, "default-src 'none'; frame-ancestors 'none'")]
# The page of the API's description has its scripts in itself.
_DOCS = [
    *_EVERYWHERE,
    (CSP, "default-src 'self' 'unsafe-inline' data:; frame-ancestors 'none'"),
]
# A page of any origin may read every answer of the agent, including the reason of a denial.
# The team's `allowedOrigins` are checked later. Neither cookies nor logins are involved.
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
_CHAT, _EMBED = "/chat/", "/embed.js"


def fixed_headers(method: str, path: str, given: Headers) -> Headers:
    """Headers to add to an answer that already has the headers `given`."""
    if path.startswith(_CHAT) or path == _EMBED:
        return _beside(given)
    fixed = _BY_PATH.get(path, _API)
    return _AGENT_PREFLIGHT if fixed is _AGENT and method == "OPTIONS" else fixed


def _beside(given: Headers) -> Headers:
    """Views of pages set caching and framing themselves."""
    names = {name for name, _ in given}
    if CSP in names:
        names.add(_FRAMES)
    return [header for header in _API if header[0] not in names]
