"""Where a server can be reached, and which port is free."""

from __future__ import annotations

import errno
import ipaddress
import socket

from memviz.contracts.errors import ConfigError

EVERYONE = ("0.0.0.0", "::")  # listen on every network of this machine
TRIES = 50  # ports after the usual one


def free_port(host: str, asked: int | None, usual: int) -> int:
    """`asked` if it is free, else an error; without a wish the first free port from `usual` on."""
    if asked is not None:
        reason = _refusal(host, asked)
        if reason:
            raise ConfigError(f"app.--port: want a free port, got {asked}: {reason} (leave --port out to find one)")
        return asked
    for port in range(usual, usual + TRIES):
        if not _refusal(host, port):
            return port
    raise ConfigError(f"app.--port: want a free port, got none in {usual}..{usual + TRIES - 1} (name one with --port)")


def mine(port: int, host: str) -> str:
    """The address on this very machine."""
    return f"http://{'localhost' if host in EVERYONE or _is_loopback(host) else _bracketed(host)}:{port}"


def others(port: int, host: str) -> str | None:
    """The address that other machines of the network can use; None if the server listens to this machine only."""
    if _is_loopback(host):
        return None
    name = lan_address() if host in EVERYONE else host
    return f"http://{_bracketed(name)}:{port}" if name else None


def lan_address() -> str | None:
    """This machine's address in its network; nothing is sent to find it out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a documentation address: connecting a datagram socket sends nothing
        except OSError:
            return None  # no network at all
        address: str = probe.getsockname()[0]
    return None if _is_loopback(address) else address


def _refusal(host: str, port: int) -> str | None:
    """Why the system does not let us listen there; None if it does."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
                raise ConfigError(f"app.--host: want an address of this machine, got {host!r} ({error})") from error
            return error.strerror or str(error)
    return None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
