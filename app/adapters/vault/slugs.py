"""Which team has which slug: one document per slug, claimed with check-and-set.

A claim is final once the team's own document names the slug; until then another team may take it
over, so that an interrupted registration blocks no slug.
"""

from collections.abc import Callable

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random

from app.adapters.vault.documents import holder_from, slug_path
from app.adapters.vault.kv import CasConflict, KvMount
from app.domain.ids import Slug, TeamId
from app.domain.team import Team
from app.errors import SlugTaken, VaultUnavailable, WriteUnconfirmed

# Claimants at the same moment do not meet again.
_in_turn = Retrying(
    retry=retry_if_exception_type((CasConflict, WriteUnconfirmed)),
    stop=stop_after_attempt(20),
    wait=wait_random(0, 0.05),
    reraise=True,
)


class SlugClaims:
    """`slug_of` returns the slug with which a team is registered, or None. A document without a
    team is no claim."""

    def __init__(self, platform: KvMount, slug_of: Callable[[TeamId], Slug | None]) -> None:
        self._platform = platform
        self._slug_of = slug_of

    def holder(self, slug: Slug) -> TeamId | None:
        held = self._platform.read(slug_path(slug))
        return holder_from(held) if held else None

    def claim(self, team: Team) -> int:
        """The claim's version. Raises `SlugTaken`."""
        try:
            return _in_turn(self._claim, team)
        except (CasConflict, WriteUnconfirmed):
            raise VaultUnavailable from None

    def settle(self, team: Team, version: int) -> None:
        """Confirm the claim after the team's document is written. Of several claimants exactly one
        succeeds. Raises `SlugTaken` if the claim was taken over."""
        try:
            self._write(team, version)
        except (CasConflict, WriteUnconfirmed):
            held = self._platform.read(slug_path(team.slug))
            if held is None or holder_from(held) != team.team_id:
                raise SlugTaken from None

    def free(self, slug: Slug, team_id: TeamId) -> None:
        """Delete the slug, unless another team has it by now."""
        held = self._platform.read(slug_path(slug))
        if held and holder_from(held) == team_id:
            self._platform.forget(slug_path(slug))

    def _claim(self, team: Team) -> int:
        path = slug_path(team.slug)
        held = self._platform.read(path)
        holder = holder_from(held) if held else None
        if held and holder == team.team_id:
            return held.version
        if holder and self._slug_of(holder) == team.slug:
            raise SlugTaken
        return self._write(team, held.version if held else self._newest(path))

    def _write(self, team: Team, version: int) -> int:
        return self._platform.write(slug_path(team.slug), {"team_id": team.team_id}, cas=version)

    def _newest(self, path: str) -> int:
        """A document that was deleted still counts its versions."""
        metadata = self._platform.read_metadata(path)
        return metadata.current_version if metadata else 0
