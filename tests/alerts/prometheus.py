"""A real Prometheus with the rules of production, in which a minute takes a second."""

import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import requests
import yaml

from tests.alerts.rules import FILES, ROOT
from vault.ports import free_port

_SECONDS = {"m": 1, "h": 60, "d": 1440}
_DURATION = re.compile(r"(?<=[\[ ])(\d+)([mhd])(?=[\]\s):]|$)", re.MULTILINE)
_PATIENCE = 100.0


def quickened(rules: str) -> str:
    """Each range, offset and `for` sixty times shorter."""
    return _DURATION.sub(lambda found: f"{int(found[1]) * _SECONDS[found[2]]}s", rules)


def _nothing() -> None:
    return


class Prometheus:
    """`targets` are addresses by job, as in deploy/prometheus/prometheus.yml; `vault_token` is a
    file with the scraper's token. It watches itself, too."""

    def __init__(
        self,
        directory: Path,
        targets: Mapping[str, Sequence[str]],
        vault_token: Path,
        alertmanager: str,
    ) -> None:
        self._directory = directory
        self._address = f"127.0.0.1:{free_port()}"
        self.url = f"http://{self._address}"
        self._log = directory / "prometheus.log"
        self._write_rules()
        self._configuration = yaml.safe_load(
            (ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text()
        )
        self._targets = {**targets, "prometheus": [self._address]}
        self._adapt(vault_token, alertmanager)
        (directory / "prometheus.yml").write_text(yaml.safe_dump(self._configuration))
        self._process = self._started()

    def _write_rules(self) -> None:
        for file in FILES:
            (self._directory / file.name).write_text(quickened(file.read_text()))

    def _adapt(self, token: Path, alertmanager: str) -> None:
        """What must differ here: addresses, the file of the token, TLS, and the time."""
        configuration = self._configuration
        configuration["global"] = {"scrape_interval": "500ms", "evaluation_interval": "500ms"}
        configuration["rule_files"] = [str(self._directory / file.name) for file in FILES]
        (receivers,) = configuration["alerting"]["alertmanagers"]
        receivers["static_configs"] = [{"targets": [alertmanager]}]
        for job in configuration["scrape_configs"]:
            job.pop("static_configs", None)
            job["file_sd_configs"] = [{"files": [str(self._targets_file(job["job_name"]))]}]
            self._scrape(job["job_name"], self._targets.get(job["job_name"], []))
            if job["job_name"] == "vault":
                job["scheme"] = "http"
                job["authorization"]["credentials_file"] = str(token)
                del job["tls_config"]
            if job["job_name"] == "disks":
                # Of the machine's own file systems the composition's container sees none.
                only = {"source_labels": ["mountpoint"], "regex": ".*/disk", "action": "keep"}
                job["metric_relabel_configs"] = [only]

    def _targets_file(self, job: str) -> Path:
        return self._directory / f"targets-{job}.json"

    def _scrape(self, job: str, addresses: Sequence[str]) -> None:
        """Prometheus notices a new file within seconds."""
        new = self._directory / "targets.new"
        new.write_text(json.dumps([{"targets": list(addresses)}]))
        new.rename(self._targets_file(job))

    @contextmanager
    def scraping(self, job: str, *addresses: str, beside: bool = False) -> Iterator[None]:
        """For the block, the job has these targets: instead of its own, or `beside` them."""
        self._scrape(job, [*(self._targets[job] if beside else ()), *addresses])
        try:
            yield
        finally:
            self._scrape(job, self._targets[job])

    def _started(self) -> subprocess.Popen[bytes]:
        command = [
            "prometheus",
            f"--config.file={self._directory / 'prometheus.yml'}",
            f"--storage.tsdb.path={self._directory / 'data'}",
            f"--web.listen-address={self._address}",
        ]
        with self._log.open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
        while True:
            assert process.poll() is None, self._log.read_text()
            try:
                if requests.get(f"{self.url}/-/ready", timeout=5).ok:
                    return process
            except requests.RequestException:
                time.sleep(0.1)

    def ask(self, query: str) -> list[dict[str, Any]]:
        """The samples that a query has now. Fails the test where Prometheus refuses it."""
        answer = requests.get(f"{self.url}/api/v1/query", params={"query": query}, timeout=10)
        assert answer.ok, (query, answer.text)
        result: list[dict[str, Any]] = answer.json()["data"]["result"]
        return result

    def firing(self) -> list[dict[str, Any]]:
        """The alerts that fire now."""
        answer = requests.get(f"{self.url}/api/v1/alerts", timeout=10).json()
        return [alert for alert in answer["data"]["alerts"] if alert["state"] == "firing"]

    def names(self) -> set[str]:
        """Of the alerts that fire now."""
        return {alert["labels"]["alertname"] for alert in self.firing()}

    def wait_for(
        self, name: str, meanwhile: Callable[[], object] = _nothing, **labels: str
    ) -> dict[str, Any]:
        """The alert with these labels, as soon as it fires; `meanwhile` is done over and over until
        then."""
        wanted = {"alertname": name, **labels}.items()
        ends = time.monotonic() + _PATIENCE
        while True:
            firing = self.firing()
            for alert in firing:
                if wanted <= alert["labels"].items():
                    return alert
            assert time.monotonic() < ends, (name, labels, [alert["labels"] for alert in firing])
            meanwhile()
            time.sleep(0.2)

    def wait_until_over(self, name: str, meanwhile: Callable[[], object] = _nothing) -> None:
        ends = time.monotonic() + _PATIENCE
        while name in self.names():
            assert time.monotonic() < ends, name
            meanwhile()
            time.sleep(0.2)

    def wait_until(self, query: str) -> None:
        """Until the query has an answer."""
        ends = time.monotonic() + _PATIENCE
        while not self.ask(query):
            assert time.monotonic() < ends, query
            time.sleep(0.2)

    def metrics(self) -> set[str]:
        """Every name that it has scraped or recorded."""
        answer = requests.get(f"{self.url}/api/v1/label/__name__/values", timeout=10)
        return set(answer.json()["data"])

    def rules(self) -> list[dict[str, Any]]:
        groups = requests.get(f"{self.url}/api/v1/rules", timeout=10).json()["data"]["groups"]
        return [rule for group in groups for rule in group["rules"]]

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
