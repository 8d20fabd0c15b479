"""The public data of a team, shown to anybody who opens its chat."""

from dataclasses import dataclass

from app.domain.ids import TeamId, parse_team_reference
from app.errors import TeamNotFound, ValidationFailed
from app.ports import TeamVisits

_INTRODUCTION = (
    "Hello! I'm here to help you on behalf of {team}. May I have your full name, please?"
)


@dataclass(frozen=True, slots=True)
class PublicProfile:
    """`intro` is the first message of a conversation. Pages of `allowed_origins` may show the chat;
    None: all may."""

    team_id: TeamId
    name: str
    intro: str
    allowed_origins: tuple[str, ...] | None


class PublicProfiles:
    def __init__(self, visits: TeamVisits) -> None:
        self._visits = visits

    def of(self, text: str, client: str) -> PublicProfile:
        """The team with this slug or id. Raises what a visit raises; an invalid slug or id is
        `TeamNotFound` too."""
        try:
            reference = parse_team_reference(text)
        except ValidationFailed:
            raise TeamNotFound from None
        team = self._visits.resolve(reference, client).team
        intro = team.config.intro_message or _INTRODUCTION.format(team=team.name)
        return PublicProfile(team.team_id, team.name, intro, team.config.allowed_origins)
