"""A file that workers map: allocated first, and one for all while that can be had."""

import time
from pathlib import Path

import pytest

from app.adapters.cache.rate_counters import SharedCounters
from app.adapters.cache.shared_memory import SharedMemory
from app.adapters.cache.stamp_directory import StampDirectory

SIZE = 8192


def test_workers_see_what_one_writes(tmp_path: Path) -> None:
    one, other = (SharedMemory(tmp_path / "file", SIZE) for _ in range(2))
    assert one.is_shared
    assert other.bytes[:] == bytes(SIZE)
    one.bytes[:4] = b"news"
    assert other.bytes[:4] == b"news"


def test_its_pages_are_allocated_and_ours_alone(tmp_path: Path) -> None:
    SharedMemory(tmp_path / "file", SIZE)
    found = (tmp_path / "file").stat()
    assert found.st_blocks * 512 >= SIZE
    assert found.st_mode & 0o777 == 0o600


def test_a_sparse_file_of_an_older_version_is_filled_up(tmp_path: Path) -> None:
    with (tmp_path / "file").open("wb") as file:
        file.truncate(SIZE)
    SharedMemory(tmp_path / "file", SIZE)
    assert (tmp_path / "file").stat().st_blocks * 512 >= SIZE


def test_a_file_that_was_replaced_is_followed(tmp_path: Path) -> None:
    one = SharedMemory(tmp_path / "file", SIZE)
    (tmp_path / "file").unlink()
    other = SharedMemory(tmp_path / "file", SIZE)
    assert one.look()
    other.bytes[:4] = b"news"
    assert one.bytes[:4] == b"news"


def test_a_file_that_was_removed_is_made_anew(tmp_path: Path) -> None:
    one = SharedMemory(tmp_path / "file", SIZE)
    (tmp_path / "file").unlink()
    assert one.look()
    SharedMemory(tmp_path / "file", SIZE).bytes[:4] = b"news"
    assert one.bytes[:4] == b"news"


def test_where_it_cannot_be_mapped_the_worker_goes_on_alone_and_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    (tmp_path / "file").mkdir()
    memory = SharedMemory(tmp_path / "file", SIZE)
    for _ in range(3):
        assert not memory.look()
    memory.bytes[:4] = b"mine"
    (tmp_path / "file").rmdir()
    assert memory.look()
    told = [record.getMessage() for record in caplog.records]
    assert told == [
        "no room for a file that workers share: each goes on alone",
        "a file is shared with the other workers again",
    ]


def test_a_link_that_somebody_put_there_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "file").symlink_to(tmp_path / "victim")
    assert not SharedMemory(tmp_path / "file", SIZE).is_shared
    assert not (tmp_path / "victim").exists()


def test_rates_are_counted_without_it(tmp_path: Path) -> None:
    (tmp_path / "rates").mkdir()
    counters = SharedCounters(tmp_path / "rates")
    assert [counters.incr("key", 60) for _ in range(3)] == [1, 2, 3]
    (tmp_path / "rates").rmdir()
    shared = SharedCounters(tmp_path / "rates")
    time.sleep(1.1)
    counters.incr("key", 60)
    assert shared.get("key") == 1


def test_a_stamp_is_read_anew_each_time_where_the_mark_is_not_shared(tmp_path: Path) -> None:
    (tmp_path / "changes").mkdir()
    alone = StampDirectory(str(tmp_path / "generations"), threshold=0)
    assert not alone.set("team", "1" * 32)
    (tmp_path / "changes").rmdir()
    other = StampDirectory(str(tmp_path / "generations"), threshold=0)
    assert other.set("team", "2" * 32)
    assert alone.get("team") == "2" * 32
    (tmp_path / "changes").unlink()
    (tmp_path / "changes").mkdir()
    with pytest.raises(OSError, match="not shared"):
        alone.probe()
