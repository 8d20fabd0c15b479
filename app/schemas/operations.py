"""The probes' answers."""

from marshmallow import Schema, fields


class HealthSchema(Schema):
    status = fields.String(required=True)
    version = fields.String(required=True)


class TrafficSchema(Schema):
    status = fields.String(required=True)


class ReadinessSchema(Schema):
    ready = fields.Boolean(required=True)
    vault = fields.String(required=True)
    cache = fields.String(required=True)
    blawby = fields.String(required=True)
