"""The chat page, and the script that embeds it in a firm's own page."""

from collections.abc import Sequence
from pathlib import Path

from flask import Blueprint, Response, g, make_response, render_template, request, url_for

from app.errors import AppError, NotFound
from app.services.public_profile import PublicProfiles
from app.web.assets import Assets
from app.web.client_address import client_address
from app.web.failures import app_error, log_failure
from app.web.headers import CSP
from app.web.requests import this_request

_FILES = Path(__file__).parents[1] / "pages"
_EMBED_SECONDS = 300
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'; frame-ancestors {ancestors}"
)
_PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
_NOT_HERE = (
    "This chat is not here",
    "The address may be mistyped, or the firm does not use this chat any more.",
)
_NOT_NOW = (
    "The chat is not available at the moment",
    "Please try again in a minute.",
)


def blueprint(profiles: PublicProfiles) -> Blueprint:
    blp = Blueprint("pages", __name__, template_folder=_FILES)
    assets = Assets(_FILES)

    def address(name: str) -> str:
        return url_for("pages.asset", digest=assets.digest(name), name=name)

    @blp.get("/chat/<reference>")
    def chat(reference: str) -> Response:
        profile = profiles.of(reference, client_address(this_request()))
        g.team_id = profile.team_id
        page = render_template("chat.html", team=profile, asset=address)
        return _page(page, profile.allowed_origins)

    @blp.get("/chat/assets/<digest>/<name>")
    def asset(digest: str, name: str) -> Response:
        return assets.answer(name, digest)

    @blp.get("/embed.js")
    def embed() -> Response:
        answer = assets.short_lived("embed.js", _EMBED_SECONDS)
        # Also for pages that block resources of other origins unless those allow it.
        answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        answer.make_conditional(request)
        return answer

    @blp.errorhandler(AppError)
    def refuse(error: AppError) -> Response:
        """A page for people. Any site may frame it, so that it also shows in a firm's frame. Other
        clients get the API's answer."""
        if request.endpoint != f"{blp.name}.{chat.__name__}":
            return app_error(error)
        log_failure(error, g.request_id)
        title, advice = _NOT_HERE if isinstance(error, NotFound) else _NOT_NOW
        page = render_template("notice.html", title=title, advice=advice, asset=address)
        answer = _page(page, None)
        answer.status_code = error.status
        if error.retry_after is not None:
            answer.headers["Retry-After"] = str(error.retry_after)
        return answer

    return blp


def _page(html: str, allowed_origins: Sequence[str] | None) -> Response:
    ancestors = "*" if allowed_origins is None else " ".join(allowed_origins) or "'none'"
    answer = make_response(html)
    answer.headers[CSP] = _POLICY.format(ancestors=ancestors)
    answer.headers["Permissions-Policy"] = _PERMISSIONS
    return answer
