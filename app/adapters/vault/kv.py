"""One KV v2 mount with one identity's rights, over hvac's API class and our transport.

Vault's documentation: developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from hvac.api.secrets_engines.kv_v2 import KvV2

from app.adapters.vault.kv_answers import KvMetadata, KvNames, KvRecord
from app.adapters.vault.repeating import repeated
from app.adapters.vault.transport import NothingThere, Refused, VaultTransport
from app.errors import AppError, ValidationFailed

_CAS_MISMATCH = "check-and-set"
_TOO_COMPLEX = "high complexity"
_MORE_THAN_VAULT_TAKES = "More than Vault takes in one document."


class CasConflict(AppError):
    """Another writer was first: the check-and-set value did not match."""


class KvMount:
    """Reads and writes below one mount with one token. Paths are built from parsed ids alone."""

    def __init__(self, transport: VaultTransport, mount: str) -> None:
        self._transport = transport
        self._mount = mount
        self._kv = KvV2(adapter=transport)

    def read(self, path: str, version: int | None = None) -> KvRecord | None:
        """Return a version's fields (default: the newest); None if absent, deleted or destroyed."""
        try:
            answer = self._kv.read_secret_version(
                path, version=version, mount_point=self._mount, raise_on_deleted_version=True
            )
        except NothingThere:
            return None
        return KvRecord.of(answer["data"])

    def write(self, path: str, fields: Mapping[str, Any], cas: int | None = None) -> int:
        """Write and return the new version. With `cas`: only if that is the newest (0: none), else
        `CasConflict`. Raises `ValidationFailed` for a document with more strings than Vault
        accepts."""
        try:
            answer = self._kv.create_or_update_secret(
                path, secret=dict(fields), cas=cas, mount_point=self._mount
            )
        except Refused as refusal:
            raise _reason(refusal) from None
        return int(answer["data"]["version"])

    def read_metadata(self, path: str) -> KvMetadata | None:
        try:
            answer = self._kv.read_secret_metadata(path, mount_point=self._mount)
        except NothingThere:
            return None
        return KvMetadata.of(answer["data"])

    def read_subkeys(self, path: str, version: int | None = None) -> KvNames | None:
        """Return the names of a version's fields (default: the newest) at every depth, never their
        values; None if absent, deleted or destroyed."""
        try:
            answer = self._transport.get(
                f"/v1/{self._mount}/subkeys/{path}", params={"version": version}
            )
        except NothingThere:
            return None
        return KvNames.of(answer["data"])

    def list_names(
        self, path: str, after: str | None = None, limit: int | None = None
    ) -> list[str]:
        """Return names below a path, in order. HashiCorp Vault ignores `after` and `limit`, unlike
        OpenBao, so the result is truncated here."""
        parameters = {"after": after, "limit": limit}
        try:
            answer = self._transport.list(f"/v1/{self._mount}/metadata/{path}", params=parameters)
        except NothingThere:
            return []
        names = sorted(name for name in answer["data"]["keys"] if after is None or name > after)
        return names[:limit]

    def patch(self, path: str, changes: Mapping[str, Any], cas: int) -> None:
        """Write a JSON merge patch on version `cas`, else raise `CasConflict`. Needs only the right
        to patch; hvac's own `patch` reads first."""
        body = {"options": {"cas": cas}, "data": dict(changes)}
        merge = {"Content-Type": "application/merge-patch+json"}
        try:
            self._transport.request("patch", f"/v1/{self._mount}/data/{path}", merge, json=body)
        except Refused as refusal:
            raise _reason(refusal) from None

    def set_metadata(self, path: str, delete_version_after: str) -> None:
        self._kv.update_metadata(
            path, delete_version_after=delete_version_after, mount_point=self._mount
        )

    def admit_writer(self, path: str) -> None:
        """Raise `Forbidden` unless this token may delete there. Deletes an empty list of versions:
        Vault answers 400 only after its policies have allowed the token."""
        with suppress(Refused):
            self._delete(path, [])

    def admit_destroyer(self, path: str) -> None:
        """The same for destroying."""
        with suppress(Refused):
            self._transport.post(f"/v1/{self._mount}/destroy/{path}", json={"versions": []})

    def delete(self, path: str, version: int) -> None:
        repeated(lambda: self._delete(path, [version]))

    def undelete(self, path: str, version: int) -> None:
        repeated(
            lambda: self._kv.undelete_secret_versions(
                path, versions=[version], mount_point=self._mount
            )
        )

    def destroy(self, path: str, versions: list[int]) -> None:
        repeated(
            lambda: self._kv.destroy_secret_versions(
                path, versions=versions, mount_point=self._mount
            )
        )

    def forget(self, path: str) -> None:
        """Every version and the metadata, for good."""
        repeated(lambda: self._kv.delete_metadata_and_all_versions(path, mount_point=self._mount))

    def _delete(self, path: str, versions: list[int]) -> None:
        self._transport.post(f"/v1/{self._mount}/delete/{path}", json={"versions": versions})


def _reason(refusal: Refused) -> AppError:
    """Vault's reason against a write: another version, or a document that is too complex."""
    texts = refusal.errors or ()
    if any(_CAS_MISMATCH in text for text in texts):
        return CasConflict()
    if any(_TOO_COMPLEX in text for text in texts):
        return ValidationFailed({"body": [_MORE_THAN_VAULT_TAKES]})
    return refusal
