"""What is put on the worklist, whether or not it can be tried at once."""

import pytest

from app.domain.team import TeamConfig
from app.domain.worklist import Kind, WorkItem
from app.services.notices.dispatch import Dispatch
from tests.fakes.background import AtOnce
from tests.fakes.clock import FakeClock
from tests.fakes.matters import FakeWorklist
from tests.fakes.resolution import resolved_team


class Full:
    """The team's line is full."""

    def run(self, _work: object, _team: object, /) -> bool:
        return False


@pytest.mark.parametrize("is_full", [True, False])
def test_a_change_is_told_later_if_it_cannot_be_now(is_full: bool) -> None:
    clock, worklist, team = FakeClock(), FakeWorklist(), resolved_team().team
    config = TeamConfig({**team.config.document, "ownerEmail": "owner@firm.example"})
    tried: list[WorkItem] = []
    dispatch = Dispatch(
        worklist,
        Full() if is_full else AtOnce(clock),
        lambda _kind, item: tried.append(item),
        clock.now,
        grace=15.0,
        sends_email=True,
    )
    item = WorkItem(clock.now(), team.team_id, "1" * 32)
    dispatch.again(config, item)
    assert [listed for listed, _turn in worklist.items[Kind.EMAIL].values()] == [item]
    assert tried == ([] if is_full else [item])
    for _, turn in worklist.items[Kind.EMAIL].values():
        first, longest = (15, 15) if is_full else (60, 66)
        assert first <= (turn.due - item.at).total_seconds() <= longest
