"""`make run` from outside: what it starts, says and leaves behind, with every part real."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

from local.settings import RunSettings
from tests.local.running import (
    ROOT,
    Run,
    family_of,
    gone,
    inherited_environ,
    running,
    wait_gone,
)
from tests.waiting import eventually
from vault.node import local_session
from vault.ports import free_first_port, free_port, is_free

NORTH_CAROLINA = "01jq70jnstyfzevc6423czh50e"
BLAWBY_AI = "01k0tngnktm4q0ag0xf0a8st0q"
USUAL_METRICS_PORT = 9464
STARTING = "run: starting Vault and the app …"
STOPPED = "run: stopped; the data stay"
KEY = {"apiKey": "canary-key-of-a-local-run", "teamUlid": NORTH_CAROLINA}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """In a directory with all that a shell or a URL would take for something else."""
    with running(tmp_path_factory.mktemp("runs") / "it's jürgen's 100%25") as run:
        yield run


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    with running(tmp_path_factory.mktemp("runs") / "three", NODES="3") as run:
        yield run


def test_one_line_says_ready_and_then_where_things_are(run: Run) -> None:
    begun, *lines = run.output.splitlines()
    assert begun == STARTING
    assert lines[0] == f"ready {run.url}"
    assert len([line for line in lines if line.startswith("ready ")]) == 1
    chat = f"{run.url}/chat/north-carolina-legal-services"
    assert lines[2].split()[-1] == chat, "what a newcomer opens first"
    assert f"{run.url}/docs" in run.output
    assert f"http://127.0.0.1:{run.vault_port}/ui" in run.output
    for url in (
        chat,
        f"{run.url}/healthz",
        f"{run.url}/docs",
        f"http://127.0.0.1:{run.vault_port}/ui/",
    ):
        assert local_session().get(url, timeout=10).ok, url


def test_the_curl_that_it_prints_works(run: Run) -> None:
    (curl,) = re.findall(r"^  (curl .*)$", run.output, re.MULTILINE)
    answer = subprocess.run(["bash", "-c", curl], capture_output=True, text=True, check=True)
    assert NORTH_CAROLINA in answer.stdout
    assert BLAWBY_AI in answer.stdout


def test_it_says_no_secret_and_its_files_are_its_owners_alone(run: Run) -> None:
    secrets = [(run.state / name).read_text() for name in ("operator-token", "secret-id")]
    assert run.state.stat().st_mode & 0o777 == 0o700
    assert (run.state / "cache").stat().st_mode & 0o777 == 0o700
    for name in ("operator-token", "role-id", "secret-id", "audit.log"):
        assert (run.state / name).stat().st_mode & 0o777 == 0o600, name
    for log in run.state.glob("*.log"):
        assert log.stat().st_mode & 0o777 == 0o600, log
        assert not any(secret in log.read_text() for secret in secrets), log
    assert not any(secret in run.output for secret in secrets)


def test_the_whole_mission_works_on_it(run: Run) -> None:
    stored = run.api("PUT", f"team-secrets/{NORTH_CAROLINA}", KEY)
    assert stored.status_code in {200, 201}
    told = (
        "My name is Jane Doe. I live in Raleigh, North Carolina. My phone is 919-555-0123, "
        "my email is jane.doe@example.com. I need help with a divorce, we have two children."
    )
    body = {"teamId": NORTH_CAROLINA, "messages": [{"role": "user", "content": told}]}
    answer = run.api("POST", "agent", body).json()
    assert answer["success"], answer
    assert KEY["apiKey"] not in str(answer)


def invoice_link(run: Run, session: str) -> str:
    """Of a finished intake."""
    told = (
        "My name is Jane Doe. I live in Raleigh, North Carolina. My phone is 919-832-1234, "
        "my email is jane.doe@example.com. I need help with a divorce, we have two children."
    )
    said = [{"role": "user", "content": told}]
    body = {"teamId": NORTH_CAROLINA, "messages": said, "sessionId": session}
    payment = run.api("POST", "agent", body).json()["data"]["payment"]
    assert payment["method"] == "blawby_api", payment
    return str(payment["invoiceUrl"])


def test_an_invoices_link_shows_the_invoice(run: Run) -> None:
    run.api("PUT", f"team-secrets/{NORTH_CAROLINA}", KEY)
    page = local_session().get(invoice_link(run, "shown"), timeout=10)
    assert page.status_code == 200
    assert "jane.doe@example.com" in page.text
    assert "75.00" in page.text


@pytest.mark.parametrize("how", ["env-file", "source"])
def test_the_command_line_works_with_the_file_that_it_writes(run: Run, how: str) -> None:
    env = run.state / "env"
    assert env.stat().st_mode & 0o777 == 0o600
    flask = f"{shlex.quote(sys.executable)} -m flask"
    command = {
        "env-file": f"{flask} --env-file {shlex.quote(str(env))} team list",
        "source": f"source {shlex.quote(str(env))}; {flask} team list",
    }[how]
    clean = {"PATH": os.environ["PATH"], "HOME": str(run.state)}
    answer = subprocess.run(
        ["bash", "-c", command], env=clean, cwd="/", capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    assert NORTH_CAROLINA in answer.stdout


def test_it_starts_a_stand_in_for_a_language_model(tmp_path: Path) -> None:
    with running(tmp_path / "model", LLM="sandbox") as run:
        assert "Language model" in run.output
        messages = [{"role": "user", "content": "my landlord kicked me out"}]
        answer = run.api("POST", "agent", {"teamId": BLAWBY_AI, "messages": messages}).json()
        metadata = answer["data"]["metadata"]
        assert (metadata["engine"], metadata["degraded"]) == ("llm", False)


def test_a_second_one_beside_it_does_not_disturb_it(run: Run, tmp_path: Path) -> None:
    run.api("PATCH", f"teams/{BLAWBY_AI}", {"name": "Only in the first"})
    with _taken(USUAL_METRICS_PORT), running(tmp_path / "two", METRICS_BIND=None) as second:
        _, metrics = re.findall(r"http://127.0.0.1:([0-9]+)/(?:ui|metrics)", second.output)
        assert metrics != str(USUAL_METRICS_PORT)
        assert local_session().get(f"http://127.0.0.1:{metrics}/metrics", timeout=10).ok
        assert second.api("GET", f"teams/{BLAWBY_AI}").json()["data"]["name"] == "Blawby AI"
        assert second.api("DELETE", f"teams/{NORTH_CAROLINA}").ok
    assert run.api("GET", f"teams/{NORTH_CAROLINA}").ok
    assert run.api("GET", f"teams/{BLAWBY_AI}").json()["data"]["name"] == "Only in the first"


def test_metrics_are_where_the_readme_says() -> None:
    if is_free(USUAL_METRICS_PORT):
        assert RunSettings.read({}).metrics_bind == f"127.0.0.1:{USUAL_METRICS_PORT}"


@contextmanager
def _taken(port: int) -> Iterator[None]:
    with socket.create_server(("127.0.0.1", port)) if is_free(port) else nullcontext():
        yield


@pytest.mark.parametrize("name", ["PORT", "VAULT_PORT", "SANDBOX_PORT", "METRICS_BIND"])
def test_a_busy_port_is_an_error_that_names_it(run: Run, tmp_path: Path, name: str) -> None:
    busy = run.vault_port if name == "VAULT_PORT" else run.port
    given = f"127.0.0.1:{busy}" if name == "METRICS_BIND" else str(busy)
    second = Run(tmp_path / "busy", **{name: given}).begin()
    assert second.process.wait(30) == 1
    (line,) = second.output.splitlines()
    assert str(busy) in line
    assert name in line
    assert not list((tmp_path / "busy").glob("vault-data*"))
    assert run.api("GET", "teams").ok


def test_a_metrics_port_that_somebody_takes_meanwhile_is_named(tmp_path: Path) -> None:
    """It was free when the run began, and is not when the app wants it."""
    run = Run(tmp_path / "late", METRICS_BIND=f"127.0.0.1:{(port := free_port())}").begin()
    eventually(lambda: STARTING in run.output)
    with socket.create_server(("127.0.0.1", port)):
        assert run.process.wait(90) == 1
    reason = "METRICS_BIND cannot be listened on: Address already in use"
    assert f"app ended by itself (status 1): {reason}; see " in run.output.splitlines()[-1]


def test_one_state_directory_is_for_one(run: Run) -> None:
    second = Run(run.state.parent / "link")
    (run.state.parent / "link").symlink_to(run.state)
    held = {each.name for each in run.state.iterdir()}
    assert second.begin().process.wait(30) == 1
    assert "is in use" in second.output
    # The refused one took nothing away: its end is not the first one's.
    assert held <= {each.name for each in run.state.iterdir()}
    assert run.vault_pid(1) in run.family()


@pytest.mark.parametrize("place", ["file", "file/below", "/proc/state"])
def test_a_state_directory_that_is_none_is_one_line(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    run = Run(tmp_path / "run", STATE_DIR=str(tmp_path / place)).begin()
    assert run.process.wait(30) == 1
    assert run.output == f"run: {tmp_path / place} is no directory that can be written\n"


def test_the_app_tells_what_it_does_not_take(tmp_path: Path) -> None:
    """The line of the app's log is the run's too: nobody has to look for it."""
    run = Run(tmp_path / "wrong", LOG_LEVEL="loud").begin()
    assert run.process.wait(90) == 1
    begun, line = run.output.splitlines()
    assert begun == STARTING
    assert "not valid in the environment: LOG_LEVEL (none of DEBUG" in line
    assert "loud" not in line


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"PORT": "http"}, "PORT is not a port number"),
        ({"WEB_CONCURRENCY": "two"}, "WEB_CONCURRENCY is not a number of workers"),
        ({"VAULT_PORT": "70000"}, "VAULT_PORT is not a port number"),
        ({"VAULT_PORT": "65530"}, "VAULT_PORT is too high: Vault takes ports up to 65537"),
        (
            {"VAULT_PORT": "65520", "NODES": "3"},
            "VAULT_PORT is too high: Vault takes ports up to 65547",
        ),
        ({"HOST": "192.0.2.1"}, "HOST is no address of this machine"),
        ({"HOST": "not a host"}, "HOST is no address of this machine"),
        ({"SANDBOX_PORT": "0"}, "SANDBOX_PORT is not a port number"),
        ({"NODES": "2"}, "NODES is neither 1 nor 3"),
        ({"NODES": "three"}, "NODES is neither 1 nor 3"),
        (
            {"LLM": "real"},
            "LLM is not `sandbox`: for another model set LLM_BASE_URL and LLM_MODEL",
        ),
    ],
)
def test_a_wrong_setting_is_one_line(tmp_path: Path, environ: dict[str, str], said: str) -> None:
    run = Run(tmp_path / "wrong", **environ).begin()
    assert run.process.wait(30) == 1
    assert run.output == f"run: {said}\n"


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"PORT": "18207", "VAULT_PORT": "18200"}, "PORT"),
        ({"PORT": "18200", "VAULT_PORT": "18200"}, "PORT"),
        ({"PORT": "18227", "VAULT_PORT": "18200", "NODES": "3"}, "PORT"),
        ({"SANDBOX_PORT": "18207", "VAULT_PORT": "18200"}, "SANDBOX_PORT"),
        ({"PORT": "18300", "SANDBOX_PORT": "18300"}, "SANDBOX_PORT"),
        ({"PORT": "18300", "METRICS_BIND": "127.0.0.1:18300"}, "METRICS_BIND"),
        ({"VAULT_PORT": "18200", "METRICS_BIND": "127.0.0.1:18207"}, "METRICS_BIND"),
    ],
)
def test_a_port_that_is_wanted_twice_is_an_error_that_names_it(
    tmp_path: Path, environ: dict[str, str], name: str
) -> None:
    run = Run(tmp_path / "twice", **environ).begin()
    assert run.process.wait(30) == 1
    (line,) = run.output.splitlines()
    port = environ[name].rpartition(":")[2]
    assert line.startswith(f"run: {name} {port} is a port that ")
    assert not (tmp_path / "twice").exists() or not list((tmp_path / "twice").glob("vault-data*"))


# --- Ends


def test_it_ends_by_every_way_and_keeps_what_it_had(tmp_path: Path) -> None:
    """SIGTERM, Ctrl-C and `kill -9`; the samples are imported once, whatever became of them."""
    state = tmp_path / "kept"
    with running(state) as run:
        eventually(lambda: len(run.family()) >= 5)  # one worker is ready before the other
        family = run.family()
        assert run.api("DELETE", f"teams/{BLAWBY_AI}").ok
        assert run.api("PUT", f"team-secrets/{NORTH_CAROLINA}", KEY).status_code == 201
        link = invoice_link(run, "kept")
        assert run.end(signal.SIGTERM) == 0
        assert run.output.splitlines()[-1] == STOPPED
        assert gone(family)
        assert is_free(run.port)
        assert is_free(run.vault_port)
    again = Run(state, run.port, run.vault_port).begin().wait_ready()
    assert again.api("GET", f"teams/{BLAWBY_AI}").status_code == 404
    assert again.api("GET", f"team-secrets/{NORTH_CAROLINA}").json()["data"]["hasSecret"]
    assert invoice_link(again, "kept") == link
    assert local_session().get(link, timeout=10).status_code == 200
    family = again.family()
    assert again.end(signal.SIGKILL) == -signal.SIGKILL
    wait_gone(family)
    third = Run(state, run.port, run.vault_port).begin().wait_ready()
    family = third.family()
    assert third.api("GET", f"team-secrets/{NORTH_CAROLINA}").json()["data"]["hasSecret"]
    assert third.end(signal.SIGINT) == 0
    assert third.output.splitlines()[-1] == STOPPED
    assert gone(family)


def test_a_part_that_dies_is_named_and_ends_the_rest(tmp_path: Path) -> None:
    run = Run(tmp_path / "dying", BLAWBY_API_URL="http://127.0.0.1:9").begin().wait_ready()
    family = run.family()
    assert not (run.state / "sandbox.log").exists()
    os.kill(int((run.state / "vault-1.pid").read_text()), signal.SIGKILL)
    assert run.process.wait(60) == 1
    assert "run: Vault ended by itself" in run.output
    assert STOPPED not in run.output
    wait_gone(family)


def test_it_ends_with_the_make_that_started_it(tmp_path: Path) -> None:
    makefile = tmp_path / "Makefile"
    makefile.write_text(f"run:\n\t@cd {ROOT} && exec {sys.executable} -m local\n")
    ports = {"PORT": str(free_port()), "VAULT_PORT": str(free_first_port())}
    make = subprocess.Popen(
        ["make", "-f", str(makefile)],
        env={**inherited_environ(), **ports, "STATE_DIR": str(tmp_path / "made")},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert make.stdout
    assert make.stdout.readline().startswith("ready ")
    family = family_of(make.pid)
    make.kill()
    make.wait()
    make.stdout.close()
    wait_gone(family)


# --- Three nodes


def test_three_nodes_serve_on_when_their_leader_is_killed(cluster: Run) -> None:
    assert cluster.api("PUT", f"team-secrets/{NORTH_CAROLINA}", KEY).status_code == 201
    leader = next(
        number
        for number, address in enumerate(cluster.vault_addresses, start=1)
        if local_session().get(f"{address}/v1/sys/health", timeout=5).ok
    )
    killed = cluster.vault_pid(leader)
    os.kill(killed, signal.SIGKILL)
    answers: set[int] = set()
    while 200 not in answers:
        answers.add(cluster.api("GET", f"team-secrets/{NORTH_CAROLINA}").status_code)
    assert answers <= {200, 503, 504}
    # It is started again after a while.
    while cluster.vault_pid(leader) == killed:
        assert cluster.process.poll() is None
        time.sleep(0.1)
