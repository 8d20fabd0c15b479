"""`python -m deploy COMMAND`: runs in the containers `setup` and `init`; docs/deployment.md."""

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

from hvac.exceptions import VaultError
from requests import RequestException

from deploy import upkeep
from deploy.access import Access
from deploy.invitation import UnusableInvitation, accept, invite
from deploy.keeper import Keeper
from deploy.nodes import Node, State, VaultRefused
from deploy.pair import UnusablePair
from deploy.places import Places
from deploy.preparing import Preparation
from deploy.setup import install_certificate, set_up
from deploy.unseal_keys import KeyFile, NoUnsealKeys, UnsealKeys
from deploy.watcher import WatcherToken
from vault.reconcile import BootstrapError

_PATIENCE = 120.0
_WELL = Path("/tmp/well")  # noqa: S108 (the container's own tmpfs)


class Commands:
    """Each public method is a command; its docstring is the help."""

    def __init__(
        self, environ: Mapping[str, str], places: Places, given: BinaryIO, out: BinaryIO
    ) -> None:
        self._environ = environ
        self._places = places
        self._given = given
        self._out = out
        self._key_file = KeyFile(places.keys / "unseal-keys.json")

    def setup(self) -> None:
        """make certificates and passwords that are missing or soon expire"""
        name = self._environ.get("PUBLIC_NAME") or "localhost"
        seal_key = bool(self._environ.get("STATIC_SEAL"))
        for made in set_up(self._places, name, seal_key=seal_key):
            _say(f"{made}: made")

    def install_certificate(self) -> None:
        """give the proxy the certificate and the private key on standard input"""
        install_certificate(self._places, self._given.read())

    def invite(self) -> None:
        """print what another machine's apps need; the public name of that machine is NAME"""
        self._out.write(invite(self._places, self._environ["NAME"]).encode())

    def accept(self) -> None:
        """take the first machine's invitation from standard input"""
        accept(self._places, self._given.read())

    def keep(self) -> None:
        """initialise Vault, prepare it, and unseal it whenever it is sealed"""
        watcher = WatcherToken(self._access(), self._places)
        Keeper(self._nodes(), self._key_file, self._preparation(), watcher, _say, _WELL).run()

    def wait(self) -> None:
        """wait until every node of Vault is unsealed and this release's policies are there"""
        for node in self._nodes():
            node.wait_for(State.ACTIVE, State.STANDBY, seconds=_PATIENCE)
        self._preparation().wait(_PATIENCE)

    def keep_keys(self) -> None:
        """keep the unseal keys on standard input"""
        self._key_file.write(UnsealKeys.parse(self._given.read().decode()))

    def root_token(self) -> None:
        """print a new root token, made with the kept keys; revoke it after use"""
        self._out.write(self._access().new_root_token(self._kept_keys()).reveal().encode() + b"\n")

    def rotate_secret_id(self) -> None:
        """give the service another secret id; the old one stays valid"""
        upkeep.rotate_secret_id(self._access().maintenance(), self._places.credentials)

    def retire_secret_ids(self) -> None:
        """destroy all secret ids of the service but the newest"""
        retired = upkeep.retire_secret_ids(self._access().maintenance(), self._places.credentials)
        self._out.write(f"{retired} retired\n".encode())

    def snapshot(self) -> None:
        """write a snapshot of Vault to standard output"""
        for piece in upkeep.snapshot(self._access().maintenance()):
            self._out.write(piece)

    def restore(self) -> None:
        """restore the snapshot on standard input into an empty Vault"""
        upkeep.restore(self._nodes()[0], self._access(), self._kept_keys(), self._given)

    def _access(self) -> Access:
        return Access(self._environ, self._places.keys)

    def _nodes(self) -> list[Node]:
        authority = self._environ["VAULT_CACERT"]
        return [Node(each.strip(), authority) for each in self._environ["VAULT_ADDR"].split(",")]

    def _preparation(self) -> Preparation:
        mount = self._environ.get("VAULT_KV_MOUNT") or "teams"
        return Preparation(self._access(), self._places, mount)

    def _kept_keys(self) -> UnsealKeys:
        keys = self._key_file.read()
        if keys is None:
            raise NoUnsealKeys("the unseal keys are not here: `keep-keys` brings them back")
        return keys


def main(
    arguments: list[str],
    environ: Mapping[str, str],
    places: Places,
    given: BinaryIO = sys.stdin.buffer,
    out: BinaryIO = sys.stdout.buffer,
) -> int:
    """Runs one command; 0, or 1 with a line on standard error that says why not."""
    commands = _named(Commands(environ, places, given, out))
    parser = argparse.ArgumentParser(prog="python -m deploy", description=__doc__)
    choices = parser.add_subparsers(dest="command", required=True)
    for name, command in commands.items():
        choices.add_parser(name, help=command.__doc__)
    try:
        commands[parser.parse_args(arguments).command]()
    except (NoUnsealKeys, BootstrapError, UnusablePair, UnusableInvitation) as failure:
        return _failed(str(failure))
    except VaultRefused as failure:
        return _failed(f"Vault did not {failure}")
    except (VaultError, RequestException) as failure:
        return _failed(f"Vault did not take it ({type(failure).__name__})")
    return 0


def _named(commands: Commands) -> dict[str, Callable[[], None]]:
    names = [name for name in vars(Commands) if not name.startswith("_")]
    return {name.replace("_", "-"): getattr(commands, name) for name in names}


def _failed(why: str) -> int:
    print(f"deploy: {why}", file=sys.stderr)
    return 1


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ, Places()))
