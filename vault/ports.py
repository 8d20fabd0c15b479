"""The ports of the embedded server, and free ports."""

import itertools
import os
import secrets
import socket

LOOPBACK = "127.0.0.1"
HIGHEST_PORT = 65_535
_OWN = range(27_100, 32_700)
"""Above those of `free_first_port`, and below those that the system gives to whoever asks for any
(ip(7): from 32768), so that nobody gets one between our look and our use."""
_turns = itertools.count(os.getpid() * 997)
"""Processes that were started one after the other begin far apart."""
_NODE_STEP = 10
_CLUSTER_OFFSET = 7


def node_ports(first: int, nodes: int) -> list[int]:
    """One for each node: `first`, +10, +20."""
    return [first + _NODE_STEP * i for i in range(nodes)]


def cluster_port(port: int) -> int:
    """Where a node talks to the others. Not the next port: that is a neighbour's first choice."""
    return port + _CLUSTER_OFFSET


def vault_ports(first: int, nodes: int) -> list[int]:
    """All that an embedded server listens on."""
    return [p for port in node_ports(first, nodes) for p in (port, cluster_port(port))]


def free_first_port(nodes: int = 1) -> int:
    """A first port whose whole block is free at this moment.

    It is below the range that the system uses for outgoing connections.
    """
    while True:
        first = 15000 + secrets.randbelow(12000)
        if all(is_free(port) for port in vault_ports(first, nodes)):
            return first


def free_port(host: str = LOOPBACK) -> int:
    """A port that is free at this moment, and another one at each call."""
    return next(port for turn in _turns if is_free(port := _OWN[turn % len(_OWN)], host))


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen there now."""
    with _socket_for(host) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def is_here(host: str) -> bool:
    """Whether this is an address, or a name of one, at which this machine can listen."""
    return is_free(0, host)


def _socket_for(host: str) -> socket.socket:
    return socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
