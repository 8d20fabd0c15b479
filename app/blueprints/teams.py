"""Teams over HTTP."""

from typing import Any

from app.domain.ids import TeamId
from app.domain.login import Credentials
from app.domain.team import Team, TeamConfig
from app.errors import (
    SecretInConfig,
    SlugTaken,
    TeamNotFound,
    TeamUnusable,
    VersionConflict,
)
from app.schemas.teams import (
    CredentialsSchema,
    DoneSchema,
    TeamAnswerSchema,
    TeamPatchSchema,
    TeamSchema,
    TeamsPageSchema,
    TeamsQuerySchema,
)
from app.services.teams import Registered, Teams
from app.web.described_failures import fails
from app.web.envelope import Blueprint
from app.web.requests import caller

Answer = dict[str, Any]


def blueprint(teams: Teams) -> Blueprint:
    blp = Blueprint("teams", __name__, url_prefix="/api/teams", description="Teams")

    @blp.get("")
    @blp.arguments(TeamsQuerySchema, location="query")
    @blp.response(200, TeamsPageSchema)
    def list_teams(query: dict[str, Any]) -> Answer:
        """All teams, page by page, or the one with a slug (operators)."""
        if query["slug"]:
            found = teams.find(caller(), query["slug"])
        else:
            found = teams.page(caller(), query["after"], query["limit"])
        listed = {"teams": found.teams, "count": len(found.teams), "next": found.next}
        return listed | ({"unusable": found.unusable} if found.unusable else {})

    @blp.put("/<team_id:team_id>")
    @blp.arguments(TeamSchema)
    @blp.response(200, TeamAnswerSchema)
    @blp.alt_response(201, schema=TeamAnswerSchema, success=True)
    @fails(SlugTaken, VersionConflict, SecretInConfig)
    def put_team(body: dict[str, Any], team_id: TeamId) -> tuple[Answer, int]:
        """Register a team, or replace its slug, name and configuration (operators)."""
        team = Team(team_id, body["slug"], body["name"], TeamConfig(body["config"]))
        registered = teams.put(caller(), team)
        return _told(registered), 201 if registered.created else 200

    @blp.get("/<team_id:team_id>")
    @blp.response(200, TeamAnswerSchema)
    @fails(TeamNotFound, TeamUnusable)
    def get_team(team_id: TeamId) -> Answer:
        """A team with its configuration (operators and its own members)."""
        return _shown(teams.read(caller(), team_id))

    @blp.patch("/<team_id:team_id>")
    @blp.arguments(TeamPatchSchema)
    @blp.response(200, TeamAnswerSchema)
    @fails(TeamNotFound, TeamUnusable, SlugTaken, VersionConflict, SecretInConfig)
    def patch_team(body: dict[str, Any], team_id: TeamId) -> Answer:
        """Change parts of a team: objects are merged, null removes (operators)."""
        return _told(teams.patch(caller(), team_id, body))

    @blp.delete("/<team_id:team_id>")
    @blp.response(200, DoneSchema)
    @fails(TeamNotFound)
    def delete_team(team_id: TeamId) -> Answer:
        """Remove a team: its key, logins, tokens, configuration and slug, for good (operators)."""
        delayed = not teams.remove(caller(), team_id)
        done = {"teamId": team_id, "message": "The team is removed."}
        return done | ({"propagation": "delayed"} if delayed else {})

    @blp.post("/<team_id:team_id>/credentials")
    @blp.response(201, CredentialsSchema)
    @fails(TeamNotFound)
    def issue_credentials(team_id: TeamId) -> Credentials:
        """A new secret id for the team, wrapped: its token unwraps it once (operators)."""
        return teams.issue_credentials(caller(), team_id)

    @blp.delete("/<team_id:team_id>/credentials")
    @blp.response(200, DoneSchema)
    @fails(TeamNotFound)
    def revoke_credentials(team_id: TeamId) -> Answer:
        """Revoke all the team's secret ids (operators)."""
        teams.revoke_credentials(caller(), team_id)
        return {"teamId": team_id, "message": "All secret ids of the team are revoked."}

    return blp


def _shown(team: Team) -> Answer:
    return {
        "teamId": team.team_id,
        "slug": team.slug,
        "name": team.name,
        "config": team.config.document,
    } | ({"ignored": team.ignored} if team.ignored else {})


def _told(registered: Registered) -> Answer:
    late = {"propagation": "delayed"} if registered.delayed else {}
    return _shown(registered.team) | late
