"""The secret that signs a team's webhooks: written and deleted, never shown."""

from app.domain.ids import TeamId
from app.domain.secret import SecretString
from app.errors import TeamNotFound, ValidationFailed
from app.ports import TeamRegistries, WebhookSecrets
from app.services.notices.signing import signing_key
from app.services.registered import is_removed, registered


class WebhookSecretKeeping:
    def __init__(self, secrets: WebhookSecrets, registries: TeamRegistries) -> None:
        self._secrets, self._registries = secrets, registries

    def put(self, caller: SecretString, team_id: TeamId, secret: SecretString) -> None:
        """Raises `ValidationFailed` for a `whsec_` secret that is no key, and `TeamNotFound`."""
        if signing_key(secret) is None:
            raise ValidationFailed({"secret": ["Not base64 of 24 to 64 bytes behind whsec_."]})
        registered(self._registries, caller, team_id)
        self._secrets.write(caller, team_id, secret)
        if is_removed(self._registries, caller, team_id):
            self._secrets.delete(caller, team_id)
            raise TeamNotFound

    def delete(self, caller: SecretString, team_id: TeamId) -> None:
        self._secrets.delete(caller, team_id)
