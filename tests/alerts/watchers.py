"""What stands beside Prometheus: a real Alertmanager, and a real node exporter."""

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import requests
import yaml

from tests.alerts.rules import ROOT
from vault.ports import free_port


class Alertmanager:
    """With the configuration of production; `stop` and `start` as a fault."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.address = f"127.0.0.1:{free_port()}"
        self.start()

    def start(self) -> None:
        configuration = ROOT / "deploy" / "prometheus" / "alertmanager.yml"
        command = [
            "prometheus-alertmanager",
            f"--config.file={configuration}",
            f"--storage.path={self._directory / 'alertmanager'}",
            f"--web.listen-address={self.address}",
            "--cluster.listen-address=",
        ]
        with (self._directory / "alertmanager.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        while not self.is_ready():
            assert self._process.poll() is None
            time.sleep(0.1)

    def is_ready(self) -> bool:
        try:
            return requests.get(f"http://{self.address}/-/ready", timeout=5).ok
        except requests.RequestException:
            return False

    def alerts(self) -> set[str]:
        """The names of those that it was handed."""
        answer = requests.get(f"http://{self.address}/api/v2/alerts", timeout=10).json()
        return {alert["labels"]["alertname"] for alert in answer}

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(30)


class NodeExporter:
    """With the flags of production, in process and mount namespaces of its own: it reports what its
    first process sees. `prefix` makes the file system that it is to see."""

    def __init__(self, prefix: Sequence[str]) -> None:
        compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
        flags = compose["services"]["disks"]["command"]
        self.address = f"127.0.0.1:{free_port()}"
        self._process = subprocess.Popen(
            [
                *prefix,
                *("unshare", "--pid", "--fork", "--kill-child", "--mount-proc"),
                "prometheus-node-exporter",
                *(flag.replace("$$", "$") for flag in flags if "listen-address" not in flag),
                f"--web.listen-address={self.address}",
            ],
            stderr=subprocess.DEVNULL,
        )

    @property
    def pid(self) -> int:
        """A process that sees the same file system."""
        return self._process.pid

    def stop(self) -> None:
        # `unshare` ignores milder signals as long as it has a child.
        self._process.kill()
        self._process.wait(30)
