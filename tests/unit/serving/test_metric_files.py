"""Numbers in files: exact over workers that come and go, and never a failure for who counts."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector

from app.observability import metrics
from serving.metric_files import MetricFiles, Value

NewWorker = Callable[[str], MetricFiles]


def new_worker(directory: Path, slot: str) -> MetricFiles:
    files = MetricFiles(directory)
    files.adopt(slot)
    return files


def counter(files: MetricFiles, name: str = "hits", kind: str = "counter", mode: str = "") -> Value:
    class Mine(Value):
        pass

    Mine.files = files
    return Mine(kind, name, f"{name}_total", ["route"], ["/x"], "Help.", multiprocess_mode=mode)


def exposed(directory: Path) -> dict[str, float]:
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(directory))
    return {sample.name: sample.value for metric in registry.collect() for sample in metric.samples}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "files"


@given(st.lists(st.tuples(st.sampled_from("012"), st.integers(1, 5)), max_size=30))
def test_no_count_is_lost_over_workers_that_inherit_slots(
    tmp_path_factory: pytest.TempPathFactory, lives: list[tuple[str, int]]
) -> None:
    directory = tmp_path_factory.mktemp("slots") / "files"
    for slot, count in lives:
        value = counter(new_worker(directory, slot))
        for _ in range(count):
            value.inc(1)
    if lives:
        assert exposed(directory)["hits_total"] == sum(count for _, count in lives)
        assert len(list(directory.iterdir())) <= 3


def test_a_worker_goes_on_from_its_slot_and_not_from_the_master(directory: Path) -> None:
    master = MetricFiles(directory)
    value = counter(master)
    value.inc(100)
    master.adopt("0")
    assert value.get() == 0
    value.inc(1)
    assert exposed(directory)["hits_total"] == 101


def test_more_series_than_a_file_begins_with(directory: Path) -> None:
    files = new_worker(directory, "0")
    names = [f"{'a_long_name_of_a_metric' * 20}_{number}" for number in range(400)]
    for name in names:
        counter(files, name).inc(1)
    assert {exposed(directory)[f"{name}_total"] for name in names} == {1.0}
    (file,) = directory.iterdir()
    assert file.stat().st_blocks * 512 >= file.stat().st_size > 1 << 16


def test_a_file_is_allocated_before_it_is_used(directory: Path) -> None:
    counter(new_worker(directory, "0"))
    (file,) = directory.iterdir()
    assert file.stat().st_blocks * 512 >= file.stat().st_size == 1 << 16


@pytest.mark.parametrize("when", ["before", "between"])
def test_a_directory_that_is_removed_fails_nobody_and_comes_back(
    directory: Path, when: str
) -> None:
    files = new_worker(directory, "0")
    value = counter(files)
    value.inc(3)
    if when == "between":
        assert files.look() is None
    shutil.rmtree(directory)
    value.inc(4)
    assert files.look() is None
    assert exposed(directory)["hits_total"] == 7


def test_where_no_file_can_be_made_it_counts_in_memory_and_says_so_once(directory: Path) -> None:
    directory.write_text("a file, where a directory should be")
    files = new_worker(directory, "0")
    value = counter(files)
    value.inc(2)
    assert [files.look() for _ in range(3)] == [False, None, None]
    counter(files, "later").inc(1)
    directory.unlink()
    assert [files.look() for _ in range(3)] == [True, None, None]
    value.inc(1)
    assert exposed(directory) == {"hits_total": 3.0, "later_total": 1.0}


def test_what_was_counted_without_a_file_is_added_to_the_slots_count(directory: Path) -> None:
    counter(new_worker(directory, "0")).inc(10)
    moved = directory.rename(directory.with_name("away"))
    directory.write_text("")
    files = new_worker(directory, "0")
    value = counter(files)
    value.inc(5)
    directory.unlink()
    moved.rename(directory)
    assert files.look() is None
    assert exposed(directory)["hits_total"] == 15


def test_a_file_that_cannot_be_understood_is_given_up(directory: Path) -> None:
    counter(new_worker(directory, "0")).inc(10)
    (file,) = directory.iterdir()
    file.write_bytes(b"\xff" * (1 << 16))
    counter(new_worker(directory, "0")).inc(1)
    assert exposed(directory)["hits_total"] == 1


def test_a_directory_or_a_file_of_somebody_elses_is_not_used(
    directory: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    directory.symlink_to(tmp_path / "elsewhere")
    files = new_worker(directory, "0")
    counter(files).inc(1)
    assert files.look() is False
    directory.unlink()
    directory.mkdir()
    (directory / "counter_0.new").symlink_to(tmp_path / "elsewhere" / "target")
    files.look()
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_gauge_is_set_and_not_added(directory: Path) -> None:
    files = new_worker(directory, "0")
    value = counter(files, "level", "gauge", "livemax")
    value.set(5)
    shutil.rmtree(directory)
    value.set(4)
    files.look()
    assert exposed(directory)["level_total"] == 4
    assert [file.name for file in directory.iterdir()] == ["gauge_livemax_0.db"]


def test_each_gauge_of_the_app_says_how_the_workers_values_become_one() -> None:
    gauges = [metric for metric in vars(metrics).values() if type(metric).__name__ == "Gauge"]
    assert gauges
    assert [g for g in gauges if g._multiprocess_mode in {"all", "liveall"}] == []


def test_files_are_readable_by_us_alone(directory: Path) -> None:
    os.umask(0)
    counter(new_worker(directory, "0"))
    assert directory.stat().st_mode & 0o077 == 0
    assert all(file.stat().st_mode & 0o077 == 0 for file in directory.iterdir())
