"""A real server with our routes and a registry in memory, and a client that speaks the scope's protocol."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import numpy as np
import pytest
import uvicorn
from starlette.applications import Starlette
from websockets.sync.client import ClientConnection, connect

from memviz.render.scope.encode import unpack
from memviz.ui.desk import Desk
from memviz.ui.live import routes
from tests.ui.fakes import FakeDesk, FakeRegistry

PATIENCE = 20.0  # seconds; a test that waits so long has failed
Frame = tuple[dict[str, Any], dict[str, np.ndarray]]


class Server:
    """Where the routes are served, and what is behind them."""

    def __init__(self, desk: Desk, port: int) -> None:
        self.desk, self.address = desk, f"127.0.0.1:{port}"
        self.registry: FakeRegistry = desk.registry


class Client:
    """One browser. `next` reads frames until one of a type comes."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def send(self, **message: Any) -> None:
        self.connection.send(json.dumps(message))

    def next(self, kind: str, wanted: Callable[[dict[str, Any]], bool] = lambda header: True) -> Frame:
        end = time.monotonic() + PATIENCE  # of all frames: others may keep coming while the wanted one does not
        while True:
            frame = unpack(bytes(self.connection.recv(timeout=max(0.0, end - time.monotonic()))))
            if frame[0]["type"] == kind and wanted(frame[0]):
                return frame


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Our routes with a desk of the test's own."""
    desk = FakeDesk()
    desk.__dict__["registry"] = FakeRegistry()
    monkeypatch.setattr(routes, "desk", lambda: desk)
    config = uvicorn.Config(Starlette(routes=routes.ROUTES), log_level="critical", ws="websockets-sansio")
    served = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:  # who connects before it is up waits in the backlog
        thread = threading.Thread(target=lambda: served.run(sockets=[listening]))
        thread.start()
        yield Server(desk, listening.getsockname()[1])
        served.should_exit = True
        thread.join(PATIENCE)


@pytest.fixture
def open_socket(server: Server) -> Iterator[Callable[..., Client]]:
    """Open a socket of a run; says hello as `owner`, unless that is None."""
    with ExitStack() as stack:

        def opened(run: str = "new", owner: str | None = "ann", origin: str | None = None) -> Client:
            url = f"ws://{server.address}/memviz/ws/{run}"
            client = Client(stack.enter_context(connect(url, origin=origin, max_size=None, proxy=None)))  # type: ignore[arg-type]
            if owner is not None:
                client.send(do="hello", owner=owner)
            return client

        yield opened
