"""Faults of the scene's parts, each for the length of a block."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import hvac
import redis

from tests.alerts.scene import Scene
from tests.frozen import frozen
from tests.rig import Sandbox
from vault.bootstrap import bootstrap

_ROLE = "auth/approle/role/team-secrets-service"


@contextmanager
def vault_sealed(scene: Scene) -> Iterator[None]:
    """The embedded server opens itself when it starts."""
    scene.root.sys.seal()
    try:
        yield
    finally:
        scene.vault.stop_node()
        scene.vault.start_node()
        scene.vault.wait_active()


@contextmanager
def blawby_fails(sandbox: Sandbox, call: str, status: int) -> Iterator[None]:
    with _blawby(sandbox, call=call, kind="status", status=status):
        yield


@contextmanager
def blawby_away(sandbox: Sandbox) -> Iterator[None]:
    """Whoever connects gets no byte of an answer."""
    with _blawby(sandbox, call="any", kind="reset"):
        yield


@contextmanager
def blawby_slow(sandbox: Sandbox, call: str, seconds: float) -> Iterator[None]:
    with _blawby(sandbox, call=call, kind="slow", seconds=seconds):
        yield


@contextmanager
def _blawby(sandbox: Sandbox, **fault: Any) -> Iterator[None]:
    sandbox.admin("POST", "faults", json=fault | {"times": None})
    try:
        yield
    finally:
        sandbox.admin("DELETE", "faults")


@contextmanager
def login_refused(scene: Scene) -> Iterator[None]:
    """The secret id is gone, and new workers have to log in."""
    known = {"secret_id": scene.service.secret_id}
    scene.root.write_data(f"{_ROLE}/secret-id/destroy", data=known)
    try:
        yield
    finally:
        scene.root.write_data(f"{_ROLE}/custom-secret-id", data=known)


@contextmanager
def login_locked(scene: Scene) -> Iterator[None]:
    """An older installation, whose user lockout is on, and somebody who guesses secret ids."""
    on = {"user_lockout_config": {"lockout_disable": False}}
    scene.root.write_data("sys/auth/approle/tune", data=on)
    wrong = {"role_id": scene.service.role_id, "secret_id": "wrong"}
    for _ in range(5):
        with suppress(hvac.exceptions.InvalidRequest):
            scene.root.write_data("auth/approle/login", data=wrong)
    try:
        yield
    finally:
        bootstrap(scene.root)


@contextmanager
def cache_frozen(scene: Scene) -> Iterator[None]:
    with redis.Redis(port=scene.valkey.port) as client:
        pid = int(client.info("server")["process_id"])
    with frozen(pid):
        yield


@contextmanager
def slow_disk(pid: int) -> Iterator[None]:
    """Each time that the process has something written to the disk for good takes 0.3 s longer."""
    syncs = "fsync,fdatasync"
    command = ["strace", "--follow-forks", f"--attach={pid}", f"--trace={syncs}"]
    tracer = subprocess.Popen(
        [*command, f"--inject={syncs}:delay_enter=300000"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
        assert tracer.poll() is None
    finally:
        tracer.terminate()
        tracer.wait(30)
