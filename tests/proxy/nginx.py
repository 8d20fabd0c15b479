"""A real nginx with the shipped configuration, except what Debian's is too old for."""

import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.waiting import eventually, takes_connections
from vault.ports import free_port

SHIPPED = Path(__file__).parents[2] / "deploy" / "nginx"
# Of the shipped file: what holds for every request, and its public server without what needs
# Docker, a certificate or a newer nginx.
_EVERYWHERE = (
    r"    # A well-formed id .*?\n    log_format json .*?;\n",
    r"    proxy_http_version 1.1;\n.*?\n(?=    server \{)",
)
_PUBLIC = r"listen 8443.*?(        location / .*)\n    \}\n\}"


@contextmanager
def nginx(directory: Path, *apps: str, changes: bool = False) -> Iterator[str]:
    """In front of the first one of `apps`; the others are there for when it fails. Returns the
    proxy's address; its lines are in `access.log`. `changes`: nginx gives up after one instance, as
    it does where the list of instances changes meanwhile."""
    port, file = free_port(), directory / "nginx.conf"
    file.write_text(_configuration(directory, port, apps, changes))
    command = ["nginx", "-e", str(directory / "error.log"), "-p", str(directory), "-c", str(file)]
    with subprocess.Popen(command) as server:
        eventually(lambda: server.poll() is not None or takes_connections(f"127.0.0.1:{port}"))
        assert server.poll() is None, (directory / "error.log").read_text()
        yield f"http://127.0.0.1:{port}"
        server.terminate()


def _configuration(directory: Path, port: int, apps: Sequence[str], changes: bool) -> str:
    shipped = (SHIPPED / "nginx.conf").read_text()
    everywhere = "".join(_only(pattern, shipped) for pattern in _EVERYWHERE)
    public = _only(_PUBLIC, shipped).replace("/etc/nginx", str(SHIPPED))
    if changes:
        everywhere = everywhere.replace("next_upstream_tries 2", "next_upstream_tries 1")
    first, *others = (app.removeprefix("http://") for app in apps)
    spare = "".join(f"server {other} backup; " for other in others)
    paths = " ".join(
        f"{name}_temp_path {directory / name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    http = [
        paths,
        everywhere,
        f"access_log {directory / 'access.log'} json;",
        f"upstream app {{ server {first}; {spare}}}",
        f"server {{ listen 127.0.0.1:{port};\n{public}}}",
    ]
    inside = "\n".join(http)
    return f"daemon off; pid {directory / 'pid'};\nevents {{}}\nhttp {{\n{inside}\n}}\n"


def _only(pattern: str, text: str) -> str:
    (found,) = re.findall(pattern, text, re.DOTALL)
    return str(found)
