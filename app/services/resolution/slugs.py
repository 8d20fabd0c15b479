"""Which team a slug means."""

from collections.abc import Callable

from app.domain.ids import Slug, TeamId
from app.domain.team import ResolvedTeam
from app.errors import TeamNotFound
from app.ports import Generations, GenerationsUnavailable, TeamSource, Values

# For a name that was never registered. Its registration sets a stamp, which ends this.
UNKNOWN_SECONDS = 5
_DOUBTFUL_SECONDS = 1


class Slugs:
    """A cached slug (for `kept` seconds) is used only while the team still has it; an unknown one
    is cached under its own generation, which a registration renews."""

    def __init__(
        self, source: TeamSource, generations: Generations, values: Values, kept: int
    ) -> None:
        self._source = source
        self._generations = generations
        self._values = values
        self._kept = kept

    def resolve(self, slug: Slug, resolve: Callable[[TeamId], ResolvedTeam]) -> ResolvedTeam:
        """The team that has this slug now, else `TeamNotFound`."""
        known: TeamId | None = self._values.get(f"slug:{slug}")
        if known:
            try:
                resolved = resolve(known)
            except TeamNotFound:
                resolved = None
            if resolved and resolved.team.slug == slug:
                return resolved
        resolved = resolve(self._find(slug))
        if resolved.team.slug != slug:
            raise TeamNotFound
        self._values.set(f"slug:{slug}", resolved.team.team_id, self._kept)
        return resolved

    def _find(self, slug: Slug) -> TeamId:
        stamp = self._stamp(slug)
        unknown = f"no-slug:{slug}:{stamp}"
        if self._values.get(unknown):
            raise TeamNotFound
        team_id = self._source.find_slug(slug)
        if team_id is None:
            self._values.set(unknown, True, _DOUBTFUL_SECONDS if stamp else UNKNOWN_SECONDS)
            raise TeamNotFound
        return team_id

    def _stamp(self, slug: Slug) -> str | None:
        try:
            return self._generations.read(slug)
        except GenerationsUnavailable:
            return None
