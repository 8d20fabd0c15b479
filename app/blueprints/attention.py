"""What needs a person, over HTTP."""

from typing import Any

from app.schemas.attention import AttentionQuerySchema, AttentionSchema, attention_document
from app.services.attention import Attention
from app.web.envelope import Blueprint
from app.web.requests import caller


def blueprint(attention: Attention) -> Blueprint:
    blp = Blueprint("attention", __name__, url_prefix="/api", description="What needs a person")

    @blp.get("/attention")
    @blp.arguments(AttentionQuerySchema, location="query")
    @blp.response(200, AttentionSchema)
    def list_attention(page: dict[str, Any]) -> dict[str, Any]:
        """Unknown invoices and refused keys over all teams, the oldest first (operators)."""
        return attention_document(attention.page(caller(), page["after"], page["limit"]))

    return blp
