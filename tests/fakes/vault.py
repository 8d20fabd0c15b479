"""A Vault in memory: teams, their secrets with versions, and whose token may do what."""

import hashlib
import itertools
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal, TypeVar

from app.domain.ids import Slug, TeamId, TeamUlid
from app.domain.login import Credentials
from app.domain.secret import SecretString
from app.domain.team import Team, TeamKey
from app.domain.team_secret import SecretHistory, SecretLabel, SecretVersion, ShownSecret
from app.errors import (
    Forbidden,
    SecretUnusable,
    SlugTaken,
    TeamNotFound,
    TeamUnusable,
    Unauthenticated,
    VaultUnavailable,
    VersionConflict,
)
from tests.fakes.script import Script
from tests.fakes.waiting import patiently

T = TypeVar("T")
Staff = Literal["operator", "auditor"]
OPERATOR: Staff = "operator"
AUDITOR: Staff = "auditor"


@dataclass
class _Version:
    told: SecretVersion
    api_key: SecretString
    label: SecretLabel


class FakeVault:
    """What all its ports share. `tokens` tells who a token is: a team's member, or of the staff."""

    def __init__(self, script: Script | None = None) -> None:
        self.script = script or Script()
        self.teams: dict[TeamId, Team] = {}
        self.secrets: dict[TeamId, list[_Version]] = defaultdict(list)
        self.tokens: dict[SecretString, TeamId | Staff] = {}
        self.spoilt_teams: set[TeamId] = set()
        self.lock = threading.RLock()
        self._numbers = itertools.count(1)

    def login(self, who: TeamId | Staff) -> SecretString:
        token = SecretString(f"token-{next(self._numbers)}")
        self.tokens[token] = who
        return token

    def spoil_team(self, team_id: TeamId) -> None:
        """Somebody writes by hand what is no team."""
        self.spoilt_teams.add(team_id)

    def spoil_secret(self, team_id: TeamId) -> None:
        """Somebody writes by hand what is no key, as a new version."""
        told = SecretVersion(len(self.secrets[team_id]) + 1, datetime.now(UTC), None, False)
        label = SecretLabel(TeamUlid(team_id), None, None)
        self.secrets[team_id].append(_Version(told, SecretString(""), label))

    def team(self, team_id: TeamId) -> Team | None:
        if team_id in self.spoilt_teams:
            raise TeamUnusable
        return self.teams.get(team_id)

    def run(self, step: str, work: Callable[[], T]) -> T:
        with self.lock:
            return self.script.run(step, work)

    def who(self, caller: SecretString) -> TeamId | Staff:
        try:
            return self.tokens[caller]
        except KeyError:
            raise Unauthenticated from None


class FakeSecretStores:
    """Implements `SecretStores`."""

    def __init__(self, vault: FakeVault) -> None:
        self._vault = vault

    def open(self, caller: SecretString, team_id: TeamId) -> "FakeSecretStore":
        return FakeSecretStore(self._vault, caller, team_id)


class FakeSecretStore:
    """Implements `SecretStore`."""

    def __init__(self, vault: FakeVault, caller: SecretString, team_id: TeamId) -> None:
        self._vault, self._caller, self._team_id = vault, caller, team_id

    def admit_writer(self) -> None:
        self._run("admit", lambda: None)

    def history(self) -> SecretHistory:
        return self._run("history", self._history)

    def shown(self, version: int | None = None) -> ShownSecret | None:
        return self._run("shown", lambda: self._shown(version))

    def fingerprint(self, api_key: SecretString) -> str:
        digest = hashlib.sha256(b"the fake's own key" + api_key.reveal().encode()).hexdigest()
        return self._run("fingerprint", lambda: digest[:12])

    def write(self, api_key: SecretString, label: SecretLabel, expected: int) -> int:
        return self._run("write", lambda: self._write(api_key, label, expected))

    def delete(self, version: int) -> None:
        now = datetime.now(UTC)
        self._run("delete", lambda: self._change([version], lambda v: replace(v, deleted_at=now)))

    def undelete(self, version: int) -> None:
        self._run(
            "undelete", lambda: self._change([version], lambda v: replace(v, deleted_at=None))
        )

    def destroy(self, versions: Sequence[int]) -> None:
        self._run("destroy", lambda: self._change(versions, lambda v: replace(v, destroyed=True)))

    @property
    def _versions(self) -> list[_Version]:
        return self._vault.secrets[self._team_id]

    def _run(self, step: str, work: Callable[[], T]) -> T:
        if self._vault.who(self._caller) not in (OPERATOR, self._team_id):
            raise Forbidden
        return self._vault.run(step, work)

    def _history(self) -> SecretHistory:
        told = tuple(version.told for version in self._versions)
        return SecretHistory(told[0].created_at if told else None, told)

    def _shown(self, number: int | None) -> ShownSecret | None:
        for version in reversed(self._versions):
            if number in (None, version.told.version):
                told = version.told
                if told.lives and not version.api_key.reveal():
                    raise SecretUnusable
                shown = ShownSecret(told.version, told.created_at, version.label)
                return shown if told.lives else None
        return None

    def _write(self, api_key: SecretString, label: SecretLabel, expected: int) -> int:
        if expected != len(self._versions):
            raise VersionConflict
        told = SecretVersion(expected + 1, datetime.now(UTC), None, destroyed=False)
        self._versions.append(_Version(told, api_key, label))
        return told.version

    def _change(
        self, numbers: Sequence[int], change: Callable[[SecretVersion], SecretVersion]
    ) -> None:
        for version in self._versions:
            if version.told.version in numbers:
                version.told = change(version.told)


class FakeTeamRegistries:
    """Implements `TeamRegistries`."""

    def __init__(self, vault: FakeVault) -> None:
        self._vault = vault

    def open(self, caller: SecretString) -> "FakeTeamRegistry":
        return FakeTeamRegistry(self._vault, caller)


class FakeTeamRegistry:
    """Implements `TeamRegistry`."""

    def __init__(self, vault: FakeVault, caller: SecretString) -> None:
        self._vault, self._caller = vault, caller

    def page(self, after: TeamId | None, limit: int) -> Sequence[TeamId]:
        ids = sorted(team_id for team_id in self._vault.teams if after is None or team_id > after)
        return self._as_operator("page", lambda: ids[:limit])

    def own(self) -> TeamId | None:
        who = self._vault.who(self._caller)
        return self._vault.run("own", lambda: who if isinstance(who, TeamId) else None)

    def find(self, slug: Slug) -> TeamId | None:
        found = (team.team_id for team in self._vault.teams.values() if team.slug == slug)
        return self._as_operator("find", lambda: next(found, None))

    def read(self, team_id: TeamId) -> Team | None:
        if self._vault.who(self._caller) not in (OPERATOR, team_id):
            raise Forbidden
        return self._vault.run("read", lambda: self._vault.team(team_id))

    def register(self, team: Team) -> bool:
        return self._as_operator("register", lambda: self._register(team))

    def remove(self, team_id: TeamId) -> bool:
        return self._as_operator("remove", lambda: self._remove(team_id))

    def issue_credentials(self, team_id: TeamId) -> Credentials:
        return self._as_operator("issue", lambda: self._issue(team_id))

    def revoke_credentials(self, team_id: TeamId) -> None:
        self._as_operator("revoke", lambda: self._known(team_id))

    def _as_operator(self, step: str, work: Callable[[], T]) -> T:
        if self._vault.who(self._caller) != OPERATOR:
            raise Forbidden
        return self._vault.run(step, work)

    def _known(self, team_id: TeamId) -> None:
        if team_id not in self._vault.teams:
            raise TeamNotFound

    def _register(self, team: Team) -> bool:
        for other in self._vault.teams.values():
            if other.slug == team.slug and other.team_id != team.team_id:
                raise SlugTaken
        before = self._vault.teams.get(team.team_id)
        newest = before.version if before else 0
        if team.version not in (0, newest):
            raise VersionConflict
        self._vault.teams[team.team_id] = replace(team, version=newest + 1)
        self._vault.spoilt_teams.discard(team.team_id)
        return before is None

    def _remove(self, team_id: TeamId) -> bool:
        tokens = [token for token, who in self._vault.tokens.items() if who == team_id]
        for token in tokens:
            del self._vault.tokens[token]
        self._vault.secrets.pop(team_id, None)
        self._vault.spoilt_teams.discard(team_id)
        return self._vault.teams.pop(team_id, None) is not None

    def _issue(self, team_id: TeamId) -> Credentials:
        self._known(team_id)
        return Credentials(f"role-{team_id}", SecretString("wrapped"), 900)


class FakeTeamSource:
    """Implements `TeamSource`. While it `is_crowded`, nobody may wait."""

    def __init__(self, vault: FakeVault) -> None:
        self._vault = vault
        self.is_crowded = False

    def find_slug(self, slug: Slug) -> TeamId | None:
        teams = self._vault.teams.values()
        found = (team.team_id for team in teams if team.slug == slug)
        return self._vault.run("find_slug", lambda: next(found, None))

    def read_team(self, team_id: TeamId) -> Team:
        team = self._vault.run("read_team", lambda: self._vault.team(team_id))
        if team is None:
            raise TeamNotFound
        return team

    def read_key(self, team_id: TeamId, version: int | None = None) -> TeamKey | None:
        return self._vault.run("read_key", lambda: self._read_key(team_id, version))

    def wait(self, is_over: Callable[[float], bool]) -> None:
        if self.is_crowded:
            raise VaultUnavailable
        patiently(is_over)

    def _read_key(self, team_id: TeamId, number: int | None) -> TeamKey | None:
        for version in reversed(self._vault.secrets[team_id]):
            if number in (None, version.told.version):
                if not version.told.lives:
                    return None
                if not version.api_key.reveal():
                    raise SecretUnusable
                label = version.label
                return TeamKey(
                    version.api_key, label.team_ulid, version.told.version, label.expires_at
                )
        return None
