"""The channels for notices to a team, by its configuration."""

from app.domain.notice import Channel
from app.domain.team import TeamConfig
from app.domain.worklist import Kind

CHANNELS = {Kind.WEBHOOK: Channel.WEBHOOK, Kind.EMAIL: Channel.EMAIL}


def webhook_of(config: TeamConfig) -> str | None:
    notify = config.document.get("notify")
    url = notify.get("webhook") if isinstance(notify, dict) else None
    return url if isinstance(url, str) and url else None


def email_of(config: TeamConfig) -> str | None:
    """The owner's address, unless the team wants no e-mail."""
    notify = config.document.get("notify")
    if isinstance(notify, dict) and notify.get("email") is False:
        return None
    address = config.document.get("ownerEmail")
    return address if isinstance(address, str) and address else None
