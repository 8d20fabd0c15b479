"""Every failure that the app knows, and what each is over HTTP.

    AppError
    ├── BadRequest              400
    │   ├── MalformedRequest        malformed_request
    │   ├── ValidationFailed        validation_failed
    │   ├── NoMessages              validation_failed, in the agent's own words
    │   └── SecretInConfig          secret_in_config
    ├── Unauthenticated         401 unauthenticated
    │   └── TokenUnclear            the same, of a token that Vault may know
    ├── Forbidden               403 forbidden
    ├── OriginNotAllowed        403 origin_not_allowed
    ├── NotFound                404 not_found
    │   ├── TeamNotFound            team_not_found
    │   ├── SecretNotFound          secret_not_found
    │   └── VersionNotFound         version_not_found
    ├── Conflict                409
    │   ├── SecretExists            secret_exists
    │   ├── TeamExists              team_exists
    │   ├── SlugTaken               slug_taken
    │   ├── TeamUnusable            team_unusable
    │   ├── SecretUnusable          secret_unusable
    │   ├── MatterUnusable          matter_unusable
    │   └── InvoiceSettled          invoice_settled
    ├── VersionConflict         412 version_conflict
    ├── KeyRejected             422 key_rejected
    ├── RateLimited             429 rate_limited
    ├── TurnTimedOut            504 upstream_timeout
    ├── NotReady                503 upstream_error, of the readiness probe
    │   └── NotReadyForVault        503 vault_unavailable, of the same
    ├── Ending                  503 upstream_error, of the load balancers' probe
    └── UpstreamFailure         502 upstream_error
        ├── VaultUnavailable        503 vault_unavailable
        │   └── WriteUnconfirmed        the same, but the write may have happened
        ├── BlawbyUnavailable       503 blawby_unavailable (Blawby has created nothing)
        │   ├── BlawbyRateLimited       the same, with the seconds of Blawby's `Retry-After`
        │   ├── BlawbyUnknownTeam       the same: Blawby has no team with the stored id
        │   └── BlawbyTimeout           504 upstream_timeout (a read took too long)
        └── OutcomeUnknown          502 upstream_error (the request may have been carried out)

The message is one of our sentences: it never contains upstream text, a submitted value or a key.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

Details = Mapping[str, Any]


class AppError(Exception):
    """The root. `status` and `code` are part of the API; `retry_after` is in seconds."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    sentence: ClassVar[str] = "Something went wrong on our side."
    retry_after: int | None = None

    def __init__(self, message: str | None = None, *, retry_after: int | None = None) -> None:
        super().__init__(message or self.sentence)
        self.details: Details | None = None
        if retry_after is not None:
            self.retry_after = retry_after

    @property
    def message(self) -> str:
        return str(self.args[0])


class BadRequest(AppError):
    status = 400
    code = "malformed_request"
    sentence = "The request could not be read."


class MalformedRequest(BadRequest):
    """`why` is the end of a sentence about the body or the file that was read."""

    def __init__(self, why: str = "is not a JSON object") -> None:
        super().__init__(f"The body {why}.")
        self.why = why


class ValidationFailed(BadRequest):
    """Some fields are not valid; `details` maps each to the reason, never to its value."""

    code = "validation_failed"
    sentence = "Some fields are not valid."

    def __init__(self, details: Details | None = None, message: str | None = None) -> None:
        super().__init__(message)
        self.details = details


class NoMessages(ValidationFailed):
    sentence = "No message content provided"


class SecretInConfig(BadRequest):
    """A configuration contains a secret; `details` names the place."""

    code = "secret_in_config"
    sentence = (
        "A configuration may not hold a secret. Store it with PUT /api/team-secrets/{teamId}."
    )

    def __init__(self, details: Details) -> None:
        super().__init__()
        self.details = details


class Unauthenticated(AppError):
    status = 401
    code = "unauthenticated"
    sentence = "A valid token is needed."


class TokenUnclear(Unauthenticated):
    """Vault refused to look up a token, but may know it: the token may lack the right to be looked
    up."""


class Forbidden(AppError):
    status = 403
    code = "forbidden"
    sentence = "This token may not do that."


class OriginNotAllowed(AppError):
    """A web page of an origin that is not in the team's `allowedOrigins`."""

    status = 403
    code = "origin_not_allowed"
    sentence = "Pages of this origin may not talk to this team's agent."


class NotFound(AppError):
    status = 404
    code = "not_found"
    sentence = "There is nothing here."


class TeamNotFound(NotFound):
    code = "team_not_found"
    sentence = "There is no such team."


class SecretNotFound(NotFound):
    code = "secret_not_found"
    sentence = "This team has no secret."


class VersionNotFound(NotFound):
    code = "version_not_found"
    sentence = "There is no such version to read."


class Conflict(AppError):
    status = 409
    code = "conflict"
    sentence = "It exists already."


class SecretExists(Conflict):
    code = "secret_exists"
    sentence = "This team has a secret already. Replace it with PUT."


class TeamExists(Conflict):
    code = "team_exists"
    sentence = "There is such a team already."


class SlugTaken(Conflict):
    code = "slug_taken"
    sentence = "Another team has this slug."


class MatterUnusable(Conflict):
    """A stored document is not a matter of this team, because somebody wrote it by hand."""

    code = "matter_unusable"
    sentence = "What is stored here is no matter of this team. Delete it."


class TeamUnusable(Conflict):
    """The document under the team's id is not one of ours, because somebody wrote it by hand."""

    code = "team_unusable"
    sentence = "What is stored of this team cannot be used. Replace it with PUT, or delete it."


class SecretUnusable(Conflict):
    """The team's stored secret is not a key of this team."""

    code = "secret_unusable"
    sentence = "What is stored as this team's secret is no key of it. Replace it with PUT."


class InvoiceSettled(Conflict):
    code = "invoice_settled"
    sentence = "The outcome of this invoice is known already."


class VersionConflict(AppError):
    status = 412
    code = "version_conflict"
    sentence = "It has changed since; read its version again."


class KeyRejected(AppError):
    """Blawby rejected the key (its 401 or 403)."""

    status = 422
    code = "key_rejected"
    sentence = "Blawby refused the key."


class RateLimited(AppError):
    status = 429
    code = "rate_limited"
    sentence = "Too many requests. Try again later."
    retry_after = 60


class NotReady(AppError):
    """A dependency of every request does not work; `details` names it."""

    status = 503
    code = "upstream_error"
    sentence = "Not all that this service needs is well."
    retry_after = 5

    def __init__(self, details: Details) -> None:
        super().__init__()
        self.details = details


class NotReadyForVault(NotReady):
    """Vault is not well. No `VaultUnavailable`, which is logged: each probe would be a line."""

    code = "vault_unavailable"


class Ending(AppError):
    """This instance is ending. It still serves requests."""

    status = 503
    code = "upstream_error"
    sentence = "This instance is about to end."
    retry_after = 5


class UpstreamFailure(AppError):
    status = 502
    code = "upstream_error"
    sentence = "A service behind this one failed."


class VaultUnavailable(UpstreamFailure):
    status = 503
    code = "vault_unavailable"
    sentence = "The secret store is not available."
    retry_after = 5

    def __init__(
        self,
        message: str | None = None,
        *,
        retry_after: int | None = None,
        why: str | None = None,
    ) -> None:
        """`why`: the end of a sentence about Vault, for operators; no answer of the API has it."""
        super().__init__(message, retry_after=retry_after)
        self.why = why

    @property
    def to_operators(self) -> str:
        """The message, and why there was no connection."""
        return f"{self.message} Vault: {self.why}." if self.why else self.message


class WriteUnconfirmed(VaultUnavailable):
    """A write was sent to Vault and its answer lost: read back before saying that it failed."""

    sentence = "The secret store gave no clear answer. Read the status before you try again."


class BlawbyUnavailable(UpstreamFailure):
    """Blawby could not be called, or has certainly created nothing."""

    status = 503
    code = "blawby_unavailable"
    sentence = "The payment service is not available."
    retry_after: int | None = 30


class BlawbyRateLimited(BlawbyUnavailable):
    sentence = "The payment service asked us to wait."


class BlawbyUnknownTeam(BlawbyUnavailable):
    """Blawby has no team with the id that is stored with the key."""


class BlawbyTimeout(BlawbyUnavailable):
    status = 504
    code = "upstream_timeout"
    sentence = "The payment service took too long."
    retry_after = None


class TurnTimedOut(AppError):
    """A conversation was not read completely within the time of a turn."""

    status = 504
    code = "upstream_timeout"
    sentence = "This conversation took too long to read. Please try again."


class OutcomeUnknown(UpstreamFailure):
    """The answer to a request was lost: it may have been carried out."""

    sentence = "A service behind this one gave no clear answer."
