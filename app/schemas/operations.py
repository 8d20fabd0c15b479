"""The probes' answers."""

from marshmallow import Schema, fields

from app.schemas.fields import about


class HealthSchema(Schema):
    status = fields.String(required=True, metadata=about("`ok` while the process serves."))
    version = fields.String(required=True, metadata=about("The release that runs."))


class TrafficSchema(Schema):
    status = fields.String(required=True, metadata=about("`ok` until the instance is to end."))


class ReadinessSchema(Schema):
    ready = fields.Boolean(required=True, metadata=about("Always true in a 200."))
    vault = fields.String(required=True, metadata=about("`ok` or `unavailable`.", example="ok"))
    cache = fields.String(required=True, metadata=about("`ok` or `unavailable`.", example="ok"))
    blawby = fields.String(
        required=True,
        metadata=about("Blawby's state. It makes nothing unready.", example="ok"),
    )
