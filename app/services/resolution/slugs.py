"""Which team a slug means."""

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.ids import Slug, TeamId
from app.domain.team import ResolvedTeam
from app.errors import TeamNotFound
from app.ports import Generations, GenerationsUnavailable, TeamSource, Values
from app.services.resolution.single_flight import SingleFlight

# For a name that was never registered. Its registration sets a stamp, which ends this.
UNKNOWN_SECONDS = 5
_DOUBTFUL_SECONDS = 1


@dataclass(frozen=True, slots=True)
class _Found:
    """A slug's team, and the slug's generation when it was read."""

    stamp: str | None
    team_id: TeamId


class Slugs:
    """A cached slug (for `kept` seconds) is used only while the team still has it; an unknown one
    is cached under its own generation, which a registration renews."""

    def __init__(
        self,
        source: TeamSource,
        generations: Generations,
        values: Values,
        kept: int,
        flights: SingleFlight,
    ) -> None:
        self._source = source
        self._generations = generations
        self._values = values
        self._kept = kept
        self._flights = flights

    def resolve(self, slug: Slug, resolve: Callable[[TeamId], ResolvedTeam]) -> ResolvedTeam:
        """The team that has this slug now, else `TeamNotFound`."""
        known: _Found | None = self._values.get(f"slug:{slug}")
        if known:
            try:
                resolved = resolve(known.team_id)
            except TeamNotFound:
                resolved = None
            if resolved and resolved.team.slug == slug:
                return resolved
        resolved = resolve(self._find(slug, known))
        if resolved.team.slug != slug:
            raise TeamNotFound
        return resolved

    def _find(self, slug: Slug, known: _Found | None) -> TeamId:
        stamp = self._stamp(slug)
        unknown = f"no-slug:{slug}:{stamp}"
        if self._values.get(unknown):
            raise TeamNotFound
        found = self._flights.run(("slug", slug, stamp), lambda: self._read(slug, stamp, known))
        if found is None:
            self._values.set(unknown, True, _DOUBTFUL_SECONDS if stamp else UNKNOWN_SECONDS)
            raise TeamNotFound
        return found.team_id

    def _read(self, slug: Slug, stamp: str | None, known: _Found | None) -> _Found | None:
        """Read Vault, unless another read has ended meanwhile: not `known`, which is wrong."""
        landed: _Found | None = self._values.get(f"slug:{slug}")
        if landed and landed != known and landed.stamp == stamp:
            return landed
        team_id = self._source.find_slug(slug)
        if team_id is None:
            return None
        found = _Found(stamp, team_id)
        self._values.set(f"slug:{slug}", found, self._kept)
        return found

    def _stamp(self, slug: Slug) -> str | None:
        try:
            return self._generations.read(slug)
        except GenerationsUnavailable:
            return None
