"""A team as its caller may read it."""

from app.domain.ids import TeamId
from app.domain.secret import SecretString
from app.domain.team import Team
from app.errors import AppError, TeamNotFound
from app.ports import TeamRegistries


def registered(registries: TeamRegistries, caller: SecretString, team_id: TeamId) -> Team:
    """Raises `TeamNotFound`, and `TeamUnusable` for a document that is no team."""
    team = registries.open(caller).read(team_id)
    if team is None:
        raise TeamNotFound
    return team


def is_removed(registries: TeamRegistries, caller: SecretString, team_id: TeamId) -> bool:
    """Whether the team is gone, behind a write that it had to be there for; False where that cannot
    be seen. What was written must not wait for the next team of that id."""
    try:
        registered(registries, caller, team_id)
    except TeamNotFound:
        return True
    except AppError:
        return False
    return False
