"""The secret that signs a team's webhooks, over HTTP. No answer contains it."""

from typing import Any

from app.domain.ids import TeamId
from app.errors import TeamNotFound, TeamUnusable
from app.schemas.webhooks import WebhookSecretSchema, WebhookSecretStoredSchema
from app.services.notices.secrets import WebhookSecretKeeping
from app.web.described_failures import fails
from app.web.envelope import Blueprint
from app.web.requests import caller

Answer = dict[str, Any]


def blueprint(secrets: WebhookSecretKeeping) -> Blueprint:
    blp = Blueprint("webhooks", __name__, url_prefix="/api/teams", description="Teams' webhooks")

    @blp.put("/<team_id:team_id>/webhook-secret")
    @blp.arguments(WebhookSecretSchema)
    @blp.response(200, WebhookSecretStoredSchema)
    @fails(TeamNotFound, TeamUnusable)
    def put_webhook_secret(body: dict[str, Any], team_id: TeamId) -> Answer:
        """Store or replace the secret that signs a team's webhooks (operators and its members)."""
        secrets.put(caller(), team_id, body["secret"])
        return {"teamId": team_id, "message": "The webhook secret is stored."}

    @blp.delete("/<team_id:team_id>/webhook-secret")
    @blp.response(200, WebhookSecretStoredSchema)
    def delete_webhook_secret(team_id: TeamId) -> Answer:
        """Delete the secret for good: no webhook is sent until there is another."""
        secrets.delete(caller(), team_id)
        return {"teamId": team_id, "message": "The webhook secret is deleted."}

    return blp
