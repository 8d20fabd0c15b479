"""Where a team's documents lie in Vault and what is in them: paths and fields, in one place.

A secret's label (what may be shown of it) is kept as names of fields below `label`, because Vault's
`subkeys` shows names and never values: status needs no right to read the key, and key and label
change in one write. See docs/decisions/0003-labels-as-subkeys.md.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.adapters.vault.kv import KvRecord
from app.domain.ids import Slug, TeamId, TeamUlid
from app.domain.secret import SecretString
from app.domain.team import Team, TeamConfig, TeamKey
from app.domain.team_secret import SecretLabel
from app.errors import AppError


class UnusableDocument(AppError):
    """A document names another team than its path does, or lacks a field: nothing of it is used."""


def config_path(team_id: TeamId) -> str:
    return f"{team_id}/config"


def secret_path(team_id: TeamId) -> str:
    return f"{team_id}/blawby_api"


def webhook_secret_path(team_id: TeamId) -> str:
    return f"{team_id}/webhook"


def slug_path(slug: Slug) -> str:
    return f"slugs/{slug}"


def team_fields(team: Team) -> dict[str, Any]:
    return {
        "team_id": team.team_id,
        "slug": team.slug,
        "name": team.name,
        "config": dict(team.config.document),
    }


def team_from(team_id: TeamId, record: KvRecord) -> Team:
    fields = record.fields
    _belongs(team_id, fields)
    try:
        slug, config = Slug(fields["slug"]), TeamConfig(fields["config"])
        return Team(team_id, slug, fields["name"], config, record.version)
    except KeyError:
        raise UnusableDocument from None


def secret_fields(team_id: TeamId, api_key: SecretString, label: SecretLabel) -> dict[str, Any]:
    shown = {
        "team_ulid": label.team_ulid,
        "fingerprint": label.fingerprint,
        "write_id": label.write_id,
    }
    if label.expires_at:
        shown["expires_at"] = label.expires_at.isoformat()
    if label.created_at:
        shown["created_at"] = label.created_at.isoformat()
    names = {name: {text: True} for name, text in shown.items()}
    return {"team_id": team_id, "api_key": api_key.reveal(), "label": names}


def key_from(team_id: TeamId, record: KvRecord) -> TeamKey:
    fields = record.fields
    _belongs(team_id, fields)
    label = label_from(fields)
    if not isinstance(fields.get("api_key"), str):
        raise UnusableDocument
    return TeamKey(
        SecretString(fields["api_key"]), label.team_ulid, record.version, label.expires_at
    )


def label_from(fields: Mapping[str, Any]) -> SecretLabel:
    """The label out of a secret's fields, or out of their names alone (Vault's `subkeys`)."""
    try:
        shown = {name: next(iter(text)) for name, text in fields["label"].items()}
        expires, created = shown.get("expires_at"), shown.get("created_at")
        return SecretLabel(
            TeamUlid(shown["team_ulid"]),
            shown["fingerprint"],
            shown["write_id"],
            datetime.fromisoformat(expires) if expires else None,
            datetime.fromisoformat(created) if created else None,
        )
    except (KeyError, TypeError, AttributeError, ValueError, StopIteration):
        raise UnusableDocument from None


def _belongs(team_id: TeamId, fields: Mapping[str, Any]) -> None:
    if fields.get("team_id") != team_id:
        raise UnusableDocument
