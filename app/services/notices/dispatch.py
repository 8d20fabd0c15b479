"""Putting a matter on the worklist for the ways that its team has, and trying at once."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from app.domain.team import TeamConfig
from app.domain.worklist import Kind, Turn, WorkItem
from app.ports import TeamBackground, Worklist
from app.services.notices.channels import email_of, webhook_of
from app.services.notices.schedule import next_try


class Dispatch:
    """`grace`: seconds for the request that filed a matter to send its notice, before any worker's
    round does. `sends_email`: a mail server is configured."""

    def __init__(
        self,
        worklist: Worklist,
        background: TeamBackground,
        deliver: Callable[[Kind, WorkItem], None],
        clock: Callable[[], datetime],
        grace: float,
        sends_email: bool,
    ) -> None:
        self._worklist, self._background, self._deliver = worklist, background, deliver
        self._clock, self._grace = clock, timedelta(seconds=grace)
        self._sends_email = sends_email

    def kinds(self, config: TeamConfig) -> list[Kind]:
        kinds = [Kind.WEBHOOK] if webhook_of(config) else []
        if self._sends_email and email_of(config):
            kinds.append(Kind.EMAIL)
        return kinds

    def add(self, kind: Kind, item: WorkItem) -> None:
        self._worklist.add(kind, item, item.at + self._grace)

    def try_at_once(self, kinds: Sequence[Kind], item: WorkItem) -> None:
        """Where the process dies meanwhile, or the team does not answer, a round tries again."""
        for kind in kinds:
            self._background.run(partial(self._first_try, kind, item), item.team_id)

    def again(self, config: TeamConfig, item: WorkItem) -> None:
        """Notify the team of a matter that has changed since the last notice."""
        for kind in self.kinds(config):
            if not self._background.run(partial(self._add_and_try, kind, item), item.team_id):
                self.add(kind, item)

    def _add_and_try(self, kind: Kind, item: WorkItem) -> None:
        self.add(kind, item)
        self._first_try(kind, item)

    def _first_try(self, kind: Kind, item: WorkItem) -> None:
        fresh = Turn(version=1, tries=0, due=item.at)
        if self._worklist.take(kind, item, fresh, next_try(self._clock(), 0)):
            self._deliver(kind, item)
