"""A Vault that unseals itself: docker-compose.static-seal.yml."""

import shutil
from pathlib import Path

import pytest

from tests.containers.conftest import remove_remains
from tests.containers.installation import FILES, Installation


def test_a_static_seal_opens_without_anybody(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = tmp_path_factory.mktemp("static") / "team-secrets"
    shutil.copytree(repository, directory)
    files = (*FILES, "docker-compose.static-seal.yml")
    installation = Installation(directory, "team-secrets-test-seal", files)
    remove_remains(installation.project)
    try:
        installation.compose("up", "--detach", "--wait", "vault", "init")
        installation.execute("init", "rm", "/installation/keys/unseal-keys.json")
        installation.compose("restart", "vault")
        installation.compose("up", "--detach", "--wait", "vault", "init")
    finally:
        remove_remains(installation.project)
