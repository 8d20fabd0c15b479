"""Paths and fields of a team's documents in Vault, in one place.

A secret's label (its public part) is stored as names of fields below `label`, because Vault's
`subkeys` returns names and never values: status needs no right to read the key, and key and label
change in one write. See docs/decisions/0003-labels-as-subkeys.md.
"""

import logging
import re
from collections.abc import Mapping
from typing import Any

from app.adapters.vault.kv_answers import KvRecord
from app.domain.api_key import parse_api_key
from app.domain.ids import Slug, TeamId, TeamUlid, is_slug, is_ulid
from app.domain.moments import read_moment
from app.domain.secret import SecretString
from app.domain.team import Team, TeamKey
from app.domain.team_secret import SecretLabel
from app.errors import SecretUnusable, TeamUnusable, ValidationFailed
from app.ports import ConfigReader

# A key written by hand may use Blawby's spelling.
_KEY_NAMES = ("api_key", "apiKey")
FINGERPRINT_DIGITS = 12
_FINGERPRINT = re.compile(f"[0-9a-f]{{{FINGERPRINT_DIGITS}}}")
_LONGEST_NAME = 200
_log = logging.getLogger(__name__)


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


def team_from(team_id: TeamId, record: KvRecord, read_config: ConfigReader) -> Team:
    """Raises `TeamUnusable` if this is not a document of this team. Malformed parts of the
    configuration are left out, and logged by their place."""
    fields = record.fields
    slug, name, config = slug_from(record), fields.get("name"), fields.get("config")
    named = isinstance(name, str) and 0 < len(name) <= _LONGEST_NAME
    if not (_is_of(team_id, fields) and slug and named and isinstance(config, Mapping)):
        _log.error("what is stored of a team cannot be used", extra={"team_id": team_id})
        raise TeamUnusable
    sound, ignored = read_config(config)
    if ignored:
        told = {"team_id": team_id, "places": list(ignored)}
        _log.warning("a team's configuration is malformed in places", extra=told)
    return Team(team_id, slug, str(name), sound, record.version, ignored)


def slug_from(record: KvRecord) -> Slug | None:
    """A team's slug, also of a document that is malformed otherwise."""
    slug = record.fields.get("slug")
    return Slug(slug) if is_slug(slug) else None


def holder_from(record: KvRecord) -> TeamId | None:
    """The team in a slug's document; None if there is none."""
    holder = record.fields.get("team_id")
    return TeamId(str(holder).lower()) if is_ulid(holder) else None


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
    """Raises `SecretUnusable` if this is not a key of this team."""
    fields = record.fields
    name = next((name for name in _KEY_NAMES if name in fields), "")
    key = parse_api_key(fields.get(name))
    if key is None or not _may_be_of(team_id, fields):
        raise _unusable_secret(team_id)
    label = label_from(team_id, fields)
    return TeamKey(key, label.team_ulid, record.version, label.expires_at)


def label_from(team_id: TeamId, fields: Mapping[str, Any]) -> SecretLabel:
    """Read the label from a secret's fields, or from their names alone (Vault's `subkeys`), where
    every value is None. A key written by hand has no label; Blawby's id is then the team's own.

    Raises `SecretUnusable` if there is no key, or a label that the app did not write.
    """
    names = [name for name in _KEY_NAMES if name in fields]
    if not names or isinstance(fields[names[0]], Mapping):
        raise _unusable_secret(team_id)
    if "label" not in fields:
        return SecretLabel(TeamUlid(team_id), None, None)
    try:
        shown = {name: _only(text) for name, text in fields["label"].items()}
        return SecretLabel(
            TeamUlid.parse(shown["team_ulid"]),
            _fingerprint(shown["fingerprint"]),
            shown["write_id"],
            read_moment(shown["expires_at"]) if "expires_at" in shown else None,
            read_moment(shown["created_at"]) if "created_at" in shown else None,
        )
    except (KeyError, TypeError, AttributeError, ValueError, ValidationFailed):
        raise _unusable_secret(team_id) from None


def _only(names: Mapping[str, Any]) -> str:
    """Return the one name in a part of the label."""
    [name] = names.keys()
    return name


def _fingerprint(text: str) -> str:
    """Members may write labels into Vault themselves, and operators read this part of them."""
    if not _FINGERPRINT.fullmatch(text):
        raise ValueError("not a fingerprint of the app")
    return text


def _may_be_of(team_id: TeamId, fields: Mapping[str, Any]) -> bool:
    """Check the team's id. A key written by hand may omit it; the app always writes it."""
    by_hand = "team_id" not in fields and "label" not in fields
    return by_hand or _is_of(team_id, fields)


def _is_of(team_id: TeamId, fields: Mapping[str, Any]) -> bool:
    stored = fields.get("team_id")
    return isinstance(stored, str) and stored.lower() == team_id


def _unusable_secret(team_id: TeamId) -> SecretUnusable:
    _log.error("what is stored as a team's secret is no key of it", extra={"team_id": team_id})
    return SecretUnusable()
