"""A team's matters over HTTP."""

from typing import Any

from app.domain.ids import TeamId
from app.errors import MatterUnusable, NotFound, TeamNotFound
from app.schemas.matters import (
    DeletedMatterSchema,
    MatterSchema,
    MattersPageSchema,
    MattersQuerySchema,
    matter_document,
    matters_document,
    wanted,
)
from app.services.matters.reading import Matters
from app.web.described_failures import fails
from app.web.envelope import Blueprint
from app.web.requests import caller, this_request

Answer = dict[str, Any]


def blueprint(matters: Matters) -> Blueprint:
    blp = Blueprint("matters", __name__, url_prefix="/api/teams", description="Teams' matters")

    @blp.get("/<team_id:team_id>/matters")
    @blp.arguments(MattersQuerySchema, location="query")
    @blp.response(200, MattersPageSchema)
    @fails(TeamNotFound)
    def list_matters(page: dict[str, Any], team_id: TeamId) -> Answer:
        """A team's matters, without anything of the clients (operators and its own members)."""
        state = page["state"]
        found = matters.page(
            caller(), team_id, page["after"], page["limit"], lambda label: wanted(state, label)
        )
        return matters_document(found)

    @blp.get("/<team_id:team_id>/matters/<matter_id:key>")
    @blp.response(200, MatterSchema)
    @fails(NotFound, MatterUnusable)
    def get_matter(team_id: TeamId, key: str) -> Answer:
        """A whole matter, which is marked as opened (the team's own members)."""
        # Flask answers HEAD with this view, and nobody reads a matter that way.
        show = matters.read if this_request().method == "HEAD" else matters.open
        return matter_document(show(caller(), team_id, key))

    @blp.delete("/<team_id:team_id>/matters/<matter_id:key>")
    @blp.response(200, DeletedMatterSchema)
    @fails(NotFound)
    def delete_matter(team_id: TeamId, key: str) -> Answer:
        """Destroy a matter's content for good (operators and its own members)."""
        matters.delete(caller(), team_id, key)
        return {"matterId": key, "message": "What the matter held is destroyed."}

    return blp
