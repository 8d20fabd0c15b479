"""A team as its caller may read it."""

from app.domain.ids import TeamId
from app.domain.secret import SecretString
from app.domain.team import Team
from app.errors import TeamNotFound
from app.ports import TeamRegistries


def registered(registries: TeamRegistries, caller: SecretString, team_id: TeamId) -> Team:
    """Raises `TeamNotFound`, and `TeamUnusable` for a document that is no team."""
    team = registries.open(caller).read(team_id)
    if team is None:
        raise TeamNotFound
    return team
