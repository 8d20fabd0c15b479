"""How many connections a limit of open files allows."""

import pytest

from serving.open_files import room_for


@pytest.mark.parametrize(("files", "room"), [(65_536, 65_024), (1024, 512), (400, 200), (64, 32)])
def test_a_small_limit_leaves_half_to_clients(files: int, room: int) -> None:
    """It was negative for fewer than 512 files: then each new client ended another one."""
    assert room_for(files) == room
