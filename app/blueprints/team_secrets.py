"""A team's secret over HTTP. No answer contains the key."""

from collections.abc import Callable
from typing import Any

from werkzeug.http import parse_etags

from app.domain.ids import TeamId
from app.domain.team_secret import NewSecret, ShownSecret, Written
from app.errors import (
    BlawbyTimeout,
    BlawbyUnavailable,
    KeyRejected,
    SecretExists,
    SecretNotFound,
    SecretUnusable,
    TeamNotFound,
    TeamUnusable,
    VersionConflict,
    VersionNotFound,
)
from app.schemas.team_secrets import (
    DestroySchema,
    IfMatchSchema,
    NewSecretSchema,
    PageQuerySchema,
    RollbackSchema,
    SecretsPageSchema,
    StatusSchema,
    VerdictSchema,
    VerifySchema,
    VersionsSchema,
    WrittenSchema,
)
from app.services.secret_views import SecretViews
from app.services.team_secrets import TeamSecrets
from app.services.teams import Teams
from app.web.described_failures import fails
from app.web.envelope import Blueprint
from app.web.requests import caller

Answer = dict[str, Any]
_TEAM = (TeamNotFound, TeamUnusable)
_BLAWBY = (BlawbyUnavailable, BlawbyTimeout)


def blueprint(secrets: TeamSecrets, views: SecretViews, teams: Teams) -> Blueprint:
    blp = Blueprint(
        "team-secrets", __name__, url_prefix="/api/team-secrets", description="Teams' Blawby keys"
    )

    @blp.get("")
    @blp.arguments(PageQuerySchema, location="query")
    @blp.response(200, SecretsPageSchema)
    def list_secrets(page: dict[str, Any]) -> Answer:
        """The teams that have a secret; a team's own token sees its own team alone."""
        found = teams.page_with_secret(caller(), page["after"], page["limit"])
        listed = [{"teamId": team_id, "hasSecret": True} for team_id in found.team_ids]
        return {"teams": listed, "count": len(listed), "next": found.next}

    @blp.post("/<team_id:team_id>")
    @blp.arguments(NewSecretSchema)
    @blp.arguments(VerifySchema, location="query")
    @blp.response(201, WrittenSchema)
    @fails(*_TEAM, SecretExists, KeyRejected, *_BLAWBY)
    def store_secret(new: NewSecret, query: dict[str, Any], team_id: TeamId) -> Answer:
        """Store a team's key."""
        written = secrets.store(caller(), team_id, new, query["verify"])
        return _told(team_id, written, "The secret is stored.")

    @blp.put("/<team_id:team_id>")
    @blp.arguments(NewSecretSchema)
    @blp.arguments(VerifySchema, location="query")
    @blp.arguments(IfMatchSchema, location="headers")
    @blp.response(200, WrittenSchema)
    @blp.alt_response(201, schema=WrittenSchema, success=True)
    @fails(*_TEAM, VersionConflict, KeyRejected, *_BLAWBY)
    def replace_secret(
        new: NewSecret, query: dict[str, Any], headers: dict[str, Any], team_id: TeamId
    ) -> tuple[Answer, int]:
        """Replace a team's key; with If-Match only if its version is that one."""
        matches = _matching(headers["if_match"])
        written = secrets.replace(caller(), team_id, new, query["verify"], matches)
        done = "stored" if written.created else "replaced"
        return _told(team_id, written, f"The secret is {done}."), 201 if written.created else 200

    @blp.get("/<team_id:team_id>")
    @blp.response(200, StatusSchema, headers={"ETag": {"$ref": "#/components/headers/ETag"}})
    @fails(TeamNotFound, SecretUnusable)
    def get_secret_status(team_id: TeamId) -> tuple[Answer, int, dict[str, str]]:
        """Whether the team has a key, and the key's label."""
        found = views.status(caller(), team_id)
        if found is None:
            return (
                {"teamId": team_id, "hasSecret": False, "message": "The team has no secret."},
                200,
                {},
            )
        return _status(team_id, found), 200, {"ETag": f'"{found.version}"'}

    @blp.delete("/<team_id:team_id>")
    @blp.arguments(DestroySchema, location="query")
    @blp.response(200, WrittenSchema)
    @fails(SecretNotFound)
    def delete_secret(query: dict[str, Any], team_id: TeamId) -> Answer:
        """Delete the key (undelete restores it), or destroy every version for good."""
        if query["destroy"]:
            destroyed = secrets.destroy(caller(), team_id)
            return _told(team_id, destroyed, "Every version of the secret is destroyed.")
        deleted = secrets.delete(caller(), team_id)
        return _told(team_id, deleted, "The secret is deleted; undelete brings it back.")

    @blp.get("/<team_id:team_id>/versions")
    @blp.response(200, VersionsSchema)
    @fails(TeamNotFound, SecretNotFound)
    def list_secret_versions(team_id: TeamId) -> Answer:
        """All versions in Vault."""
        known = views.versions(caller(), team_id)
        fingerprints = views.fingerprints(caller(), team_id, known)
        return {
            "versions": [
                {
                    "version": version.version,
                    "created_at": version.created_at,
                    "deleted_at": version.deleted_at,
                    "destroyed": version.destroyed,
                    "current": version is known[-1],
                    "fingerprint": fingerprint,
                }
                for version, fingerprint in zip(known, fingerprints, strict=True)
            ]
        }

    @blp.post("/<team_id:team_id>/rollback")
    @blp.arguments(RollbackSchema)
    @blp.arguments(IfMatchSchema, location="headers")
    @blp.response(200, WrittenSchema)
    @fails(
        TeamNotFound, TeamUnusable, SecretNotFound, VersionNotFound, SecretUnusable, VersionConflict
    )
    def rollback_secret(body: dict[str, Any], headers: dict[str, Any], team_id: TeamId) -> Answer:
        """A new version with an old one's content; with If-Match only over that version."""
        matches = _matching(headers["if_match"])
        written = secrets.rollback(caller(), team_id, body["version"], matches)
        return _told(team_id, written, "The old key is the newest version again.")

    @blp.post("/<team_id:team_id>/undelete")
    @blp.response(200, WrittenSchema)
    @fails(SecretNotFound, VersionNotFound)
    def undelete_secret(team_id: TeamId) -> Answer:
        """The last version lives again."""
        return _told(team_id, secrets.undelete(caller(), team_id), "The secret lives again.")

    @blp.post("/<team_id:team_id>/verify")
    @blp.response(200, VerdictSchema)
    @fails(*_TEAM, SecretNotFound, SecretUnusable, *_BLAWBY)
    def verify_secret(team_id: TeamId) -> Answer:
        """Try the stored key on Blawby."""
        verdict = secrets.verify(caller(), team_id)
        told = {"valid": verdict.valid, "checkedAt": verdict.checked_at}
        return told if verdict.valid else told | {"reason": "key_rejected"}

    return blp


def _matching(if_match: str | None) -> Callable[[int], bool] | None:
    etags = parse_etags(if_match)
    return None if if_match is None else lambda version: str(version) in etags


def _told(team_id: TeamId, written: Written, message: str) -> Answer:
    told = {"teamId": team_id, "version": written.version, "message": message}
    return told | ({"propagation": "delayed"} if written.delayed else {})


def _status(team_id: TeamId, found: ShownSecret) -> Answer:
    return {
        "teamId": team_id,
        "hasSecret": True,
        "message": "The team has a secret.",
        "version": found.version,
        "createdAt": found.created_at,
        "updatedAt": found.updated_at,
        "expiresAt": found.label.expires_at,
        "teamUlid": found.label.team_ulid,
        "fingerprint": found.label.fingerprint,
    }
