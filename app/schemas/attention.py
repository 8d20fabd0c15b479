"""What needs a person, as operators see it."""

import re
from typing import Any

from marshmallow import Schema, fields, validate

from app.domain.worklist import ITEM_NAME
from app.schemas.fields import ListQuerySchema, about, limit_field
from app.schemas.invoices import InvoiceSchema, invoice_document
from app.schemas.matters import UNUSABLE
from app.schemas.team_secrets import NEXT
from app.services.attention import AttentionPage, RefusedKey

# The contract's names are camelCase.
# ruff: noqa: N815

_CURSOR = rf"(?:key|(?:invoice|key)/{ITEM_NAME.pattern})"


class AttentionQuerySchema(ListQuerySchema):
    after = fields.String(
        load_default=None,
        validate=validate.Regexp(re.compile(rf"{_CURSOR}\Z")),
        metadata=about("`next` of the page before.", pattern=f"^{_CURSOR}$"),
    )
    limit = limit_field()


class RefusalSchema(Schema):
    teamId = fields.String(required=True, metadata=about("The team's id."))
    version = fields.Integer(required=True, metadata=about("Of the key, in Vault.", example=3))
    fingerprint = fields.String(
        required=True,
        allow_none=True,
        metadata=about("Shows which key it is; null for one that was written by hand."),
    )
    since = fields.DateTime(
        format="iso", required=True, metadata=about("When Blawby first refused it.")
    )


class AttentionSchema(Schema):
    unknownInvoices = fields.List(
        fields.Nested(InvoiceSchema), required=True, metadata=about("Look them up and resolve.")
    )
    refusals = fields.List(
        fields.Nested(RefusalSchema),
        required=True,
        metadata=about("Teams whose key Blawby refuses: they need another one."),
    )
    next = fields.String(required=True, allow_none=True, metadata=NEXT)
    unusable = fields.List(fields.String(), required=True, metadata=UNUSABLE)


def attention_document(page: AttentionPage) -> dict[str, Any]:
    return {
        "unknownInvoices": [invoice_document(invoice) for invoice in page.invoices],
        "refusals": [_key_document(key) for key in page.keys],
        "next": page.next,
        "unusable": list(page.unusable),
    }


def _key_document(key: RefusedKey) -> dict[str, Any]:
    return {
        "teamId": key.team_id,
        "version": key.version,
        "fingerprint": key.fingerprint,
        "since": key.since,
    }
