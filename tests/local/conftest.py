"""A local run for the pages whose commands need no more than one."""

from collections.abc import Iterator

import pytest

from tests.local.running import Run, running


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    with running(tmp_path_factory.mktemp("runs") / "page") as run:
        yield run
