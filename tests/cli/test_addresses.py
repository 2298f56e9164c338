"""Where the app says it can be reached."""

from __future__ import annotations

import socket

import pytest

from memviz.cli import addresses
from memviz.contracts.errors import ConfigError


def test_the_usual_port_is_passed_over_when_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert addresses.free_port("127.0.0.1", None, port) != port


def test_a_port_that_was_asked_for_must_be_free() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ConfigError, match="want a free port"):
            addresses.free_port("127.0.0.1", taken.getsockname()[1], 8501)


@pytest.mark.parametrize("host", ["192.0.2.7", "no such name"])
def test_a_host_that_is_not_this_machine_is_refused(host: str) -> None:
    with pytest.raises(ConfigError, match="want an address of this machine"):
        addresses.free_port(host, None, 8501)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_a_server_for_this_machine_only_has_no_address_for_others(host: str) -> None:
    assert addresses.others(8501, host) is None
    assert addresses.mine(8501, host) == "http://localhost:8501"


def test_a_server_for_everyone_names_this_machine_in_its_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "lan_address", lambda: "192.168.1.5")
    assert addresses.others(8501, "0.0.0.0") == "http://192.168.1.5:8501"
    assert addresses.mine(8501, "0.0.0.0") == "http://localhost:8501"


def test_an_address_of_version_six_gets_its_brackets() -> None:
    assert addresses.others(80, "fe80::1") == "http://[fe80::1]:80"


def test_without_a_network_there_is_no_address_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "lan_address", lambda: None)
    assert addresses.others(8501, "0.0.0.0") is None
