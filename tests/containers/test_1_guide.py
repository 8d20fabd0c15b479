"""docs/deployment.md, block by block, from an empty directory to its end."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import pytest

from tests.containers import oidc
from tests.containers.certificate import own_certificate
from tests.containers.conftest import Figures, Site, commit
from tests.containers.guide import Section, sections
from tests.containers.installation import private_address
from tests.containers.load import load

SECTIONS = sections()
LAST = "Remove everything"
TEAM = "01k0tngnktm4q0ag0xf0a8st0q"
PATIENCE = 240.0
MANY_TEAMS = [f"01k{number:02}aaaaaaaaaaaaaaaaaaaaa" for number in range(36)]


def test_the_page_begins_with_nothing_and_ends_with_nothing() -> None:
    titles = [section.title for section in SECTIONS]
    assert titles[0] == "1. Start"
    assert titles[-1] == LAST
    assert len(titles) == len(set(titles)) > 12


@pytest.mark.parametrize("section", SECTIONS[:-1], ids=lambda section: section.title)
def test_the_guide_as_it_is_written(
    site: Site, section: Section, tmp_path: Path, figures: Figures
) -> None:
    before, during, after = SURROUNDINGS.get(section.title, (_nothing, _alone, _nothing))
    before(site)
    told = []
    with during(site, tmp_path):
        for number, block in enumerate(section.blocks, start=1):
            began = time.monotonic()
            told.append(site.shell_for(block).run(block.text))
            figures.note(f"guide, {section.title}, block {number}", time.monotonic() - began)
    site.told[section.title] = "".join(told)
    after(site)


def _nothing(site: Site) -> None:
    pass


def _alone(site: Site, place: Path) -> AbstractContextManager[None]:
    return nullcontext()


@contextmanager
def _under_load(site: Site, place: Path) -> Iterator[None]:
    """No client's request fails meanwhile."""
    token = site.shell.value("VAULT_TOKEN")
    image = site.image
    with load(site.installation, image, token, MANY_TEAMS, place / "clients") as told:
        yield
    assert told.failed == []
    assert told.done > 200


def _reboot(site: Site) -> None:
    """All containers end and start, and nobody unseals Vault for a while."""
    site.installation.compose("restart")
    deadline = time.monotonic() + PATIENCE
    while site.installation.health("init") != "unhealthy":
        assert time.monotonic() < deadline
        time.sleep(0.5)


def _an_invoice_was_made(site: Site) -> None:
    assert "https://" in site.told["4. The first intake"].splitlines()[-1]


def _many_teams(site: Site) -> None:
    """Teams with a key for the load; the guide's operator registers them."""
    installation, token = site.installation, site.shell.value("VAULT_TOKEN")
    http = installation.session()
    http.headers["Authorization"] = f"Bearer {token}"
    for number, team in enumerate(MANY_TEAMS):
        config = {"requiresPayment": True, "consultationFee": 75, "blawbyApi": {"enabled": True}}
        body = {"slug": f"load-{number}", "name": f"Load {number}", "config": config}
        url = f"{installation.url}/api/teams/{team}"
        assert http.put(url, json=body, timeout=10).ok
        key = {"apiKey": site.secrets["BLAWBY_KEY"], "teamUlid": team}
        url = f"{installation.url}/api/team-secrets/{team}"
        assert http.put(url, json=key, timeout=10).ok


def _jane_logs_in_by_oidc(site: Site) -> None:
    assert "operator" in oidc.log_in(site, site.shell.value("VAULT_TOKEN"))


def _own_certificate(site: Site) -> None:
    own_certificate(site.installation.directory)


def _next_release(site: Site) -> None:
    """A release with another policy, so that `init` has something to apply."""
    policy = site.repository / "vault" / "policies" / "auditor.hcl"
    policy.write_text(f"# Of the next release.\n{policy.read_text()}")
    commit(site.repository, "The next release")


def _everything_is_of_the_next_release(site: Site) -> None:
    images = {
        each["Config"]["Image"]
        for each in site.installation.containers()
        if each["Config"]["Image"].startswith("team-secrets:")
    }
    assert images == {"team-secrets:0.1.1"}
    assert "policy auditor: corrected" in site.installation.logs()


def _metrics_are_public_nowhere(site: Site) -> None:
    assert site.told["Metrics"].splitlines()[-1] == "404"
    assert "# HELP team_secrets_" in site.told["Metrics"]


def _second_machine(site: Site) -> None:
    """Another checkout and another project; it reaches the first by an address of this machine."""
    address = private_address()
    more = {"PRIVATE_ADDRESS": address, "FIRST_MACHINE": address}
    files = (*site.installation.files, "docker-compose.first-machine.yml")
    site.installation.files, site.installation.more = files, more
    site.shell.run("\n".join(f"export {n}={v}" for n, v in site.installation.settings.items()))
    site.add_second_machine(more)


def _both_machines_serve(site: Site) -> None:
    """A key that is replaced on one machine is gone on the other at once."""
    assert site.second
    token = site.shell.value("VAULT_TOKEN")
    for number, (here, there) in enumerate(
        [(site.installation, site.second), (site.second, site.installation)]
    ):
        assert there.pay("harbour-law", f"before{number}@example.com")["method"] == "blawby_api"
        body = {"apiKey": "bad-key-that-blawby-refuses", "teamUlid": TEAM}
        headers = {"Authorization": f"Bearer {token}"}
        secret = f"/api/team-secrets/{TEAM}"
        answer = here.session().put(here.url + secret, json=body, headers=headers, timeout=10)
        assert answer.status_code == 200, answer.text
        assert "propagation" not in answer.json()["data"]
        assert there.pay("harbour-law", f"after{number}@example.com")["reason"] == "key_rejected"
        body["apiKey"] = site.secrets["BLAWBY_KEY"]
        here.session().put(here.url + secret, json=body, headers=headers, timeout=10)
    site.second.remove()


Step = Callable[[Site], None]
Around = Callable[[Site, Path], AbstractContextManager[None]]
SURROUNDINGS: dict[str, tuple[Step, Around, Step]] = {
    "4. The first intake": (_nothing, _alone, _an_invoice_was_made),
    "After a reboot": (_reboot, _alone, _nothing),
    "Logins for operators": (oidc.offer, _alone, _jane_logs_in_by_oidc),
    "Bring your own certificate": (_own_certificate, _alone, _nothing),
    "Rotate the service's secret id": (_many_teams, _under_load, _nothing),
    "Upgrade": (_next_release, _under_load, _everything_is_of_the_next_release),
    "Two machines": (_second_machine, _alone, _both_machines_serve),
    "Metrics": (_nothing, _alone, _metrics_are_public_nowhere),
}


def test_every_surrounding_has_its_section() -> None:
    assert set(SURROUNDINGS) <= {section.title for section in SECTIONS}
