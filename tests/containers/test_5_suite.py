"""What is shipped is what is tested: the suite runs on the image's Python and packages.

`SUITE="tests/unit tests/http"` in the environment runs a part of it."""

import os
import re

from tests.containers.installation import ROOT, docker

_TAG = "team-secrets-suite:test"


def test_the_suite_passes_in_the_image() -> None:
    dockerfile = ROOT / "tests" / "containers" / "suite.Dockerfile"
    shipped = "team-secrets:suite"
    docker("build", "--quiet", "--network", "host", "--tag", shipped, str(ROOT))
    docker(
        *("build", "--quiet", "--network", "host", "--tag", _TAG, "--file", str(dockerfile)),
        *("--build-context", f"shipped=docker-image://{shipped}", str(ROOT)),
    )
    limits = ["--ulimit", "nofile=4096:4096", "--tmpfs", "/tmp:mode=1777,exec", "--env", "CI"]
    # Some tests mount a file system of their own, in a user namespace.
    limits += ["--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"]
    part = os.environ.get("SUITE", "").split()
    command = ["python", "-m", "pytest", "-p", "no:cacheprovider", "-n", "3", "--dist", "loadfile"]
    told = docker("run", "--rm", "--init", "--read-only", *limits, _TAG, *command, *part)
    passed = re.search(r"(\d+) passed", told)
    assert passed, told[-3000:]
    assert int(passed[1]) > 1000
    assert "skipped" not in told.splitlines()[-1]
