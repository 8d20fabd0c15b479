"""Lookups of names: bounded in time and number, shared by those who wait."""

import os
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from app.adapters.causes import cause_of
from app.adapters.names import Names
from tests.waiting import eventually


class Server:
    """A name server that is silent until the test lets it answer."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.may_answer = threading.Event()
        self.names = Names(self, most=2)

    def __call__(self, host: str, port: int) -> list[Any]:
        self.asked.append(host)
        assert self.may_answer.wait(30)
        if host == "absent.test":
            raise socket.gaierror(socket.EAI_NONAME, "absent")
        if host == "..":
            raise UnicodeError
        both = [(address, port) for address in ("192.0.2.1", "192.0.2.1", "2001:db8::1")]
        return [(None, None, None, "", address) for address in both]

    def is_silent_about(self, host: str) -> None:
        with pytest.raises(socket.gaierror) as failure:
            self.names.addresses(host, 443, 0.01)
        assert cause_of(failure.value) == "dns"


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.may_answer.set()


def test_a_name_has_the_addresses_that_were_found(server: Server) -> None:
    server.may_answer.set()
    assert server.names.addresses("here.test", 443, 30) == ["192.0.2.1", "2001:db8::1"]
    assert server.names.addresses("here.test", 443, None) == ["192.0.2.1", "2001:db8::1"]
    assert server.asked == ["here.test"] * 2


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1", "[2001:db8::1]"])
def test_an_address_is_not_looked_up(server: Server, address: str) -> None:
    assert server.names.addresses(address, 443, 0.01) == [address]
    assert server.asked == []


@pytest.mark.parametrize("host", ["absent.test", ".."])
def test_what_is_not_found_is_said_and_asked_again(server: Server, host: str) -> None:
    server.may_answer.set()
    for _ in range(3):
        with pytest.raises(socket.gaierror):
            server.names.addresses(host, 443, 30)
    assert server.asked == [host] * 3


def test_a_caller_does_not_wait_for_a_silent_server(server: Server) -> None:
    for _ in range(5):
        server.is_silent_about("here.test")
    assert server.asked == ["here.test"]


def test_who_waits_shares_one_lookup(server: Server) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = [pool.submit(server.names.addresses, "here.test", 443, 30) for _ in range(8)]
        eventually(lambda: bool(server.asked))
        server.is_silent_about("here.test")
        server.may_answer.set()
        assert {tuple(one.result()) for one in found} == {("192.0.2.1", "2001:db8::1")}


def test_so_many_lookups_are_under_way_and_no_more(server: Server) -> None:
    for host in ("one.test", "two.test", "three.test", "two.test"):
        server.is_silent_about(host)
    assert server.asked == ["one.test", "two.test"]
    server.may_answer.set()
    eventually(lambda: is_found(server, "three.test"))


def test_a_forked_process_looks_names_up_itself(server: Server) -> None:
    server.is_silent_about("here.test")
    child = os.fork()
    if child == 0:
        ended = 1
        try:
            server.may_answer.set()
            ended = 0 if is_found(server, "here.test") else 1
        finally:
            os._exit(ended)
    assert os.waitpid(child, 0)[1] == 0


def is_found(server: Server, host: str) -> bool:
    try:
        return bool(server.names.addresses(host, 443, 30))
    except socket.gaierror:
        return False
