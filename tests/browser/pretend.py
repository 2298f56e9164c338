"""A pretended run behind a real WebSocket: speaks the wire protocol, and notes what it is told."""

from __future__ import annotations

import json
import threading
import time
from http import HTTPStatus
from typing import Any

import numpy as np

from memviz.render.scope.bundle import script, styles
from memviz.render.scope.encode import curve_frame, error_frame, phase_frame, status_frame, trace_frame
from tests.render.frames import one, panels_of
from tests.render.synthetic import RECORDS, history, ntm_trace, skill_at, status

PAGE = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><style>body{margin:0}%s</style>
<div id="scope"></div>
<script>"use strict";%s
$scope.mountScope(document.getElementById("scope"), %s);</script>"""


class Pretend:
    """Serve with `serve()`; `told` lists every command; `drop()` cuts every connection."""

    def __init__(self, options: dict[str, Any] | None = None, **sizes: int) -> None:
        self.options = {
            "source": {"recorded": "/recorded", "socket": "/ws/", "run": "new"},
            "recipe": {"model": "ntm"},
        } | (options or {})
        self.sizes = sizes
        self.told: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.sockets: list[Any] = []
        self.state, self.update, self.gradients, self.run = "idle", 0, False, None
        self.speed: float | None = None
        self.away = False  # whether nobody is let in
        self.wake = threading.Condition()

    def serve(self) -> Pretend:
        """Start on a free port; `url` is the page."""
        from websockets.sync.server import serve

        self.server = serve(self._talk, "127.0.0.1", 0, process_request=self._page)
        self.url = f"http://127.0.0.1:{self.server.socket.getsockname()[1]}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def close(self) -> None:
        """Stop serving."""
        self.drop()
        self.server.shutdown()

    def drop(self) -> None:
        """Cut every connection."""
        for socket in list(self.sockets):
            socket.close()

    def say(self, frame: bytes) -> None:
        """Send a frame to every viewer."""
        for socket in list(self.sockets):
            socket.send(frame)

    def heard(self, do: str) -> list[dict[str, Any]]:
        """The commands of one kind so far."""
        return [command for command in self.told if command["do"] == do]

    def status(self, **changes: Any) -> bytes:
        """The status frame of this moment."""
        done = self.update >= 1650
        known = [u for u in RECORDS if u <= self.update]
        said = {
            "run": self.run,
            "state": self.state,
            "update": self.update,
            "sequences": 8 * self.update,
            "records": known,
        }
        said |= {"seconds": self.update / 2800, "solved_at": 1650 if done else None}
        return status_frame(status(**said | {"speed": self.speed} | changes))

    def trace(self, update: int, source: str = "live") -> bytes:
        """The probe episode at an update."""
        trace = ntm_trace(skill=skill_at(update), update=update, gradients=self.gradients, **self.sizes)
        return trace_frame(
            trace, panels_of(trace), version=update + 1, update=update, source=source, published=time.time()
        )

    def curve(self) -> bytes:
        """The history up to now."""
        seen = history()
        keep = seen["update"] <= max(1, self.update)
        return curve_frame({name: np.asarray(values)[keep] for name, values in seen.items()})

    def show(self, update: int, state: str = "training") -> None:
        """Move to an update and tell every viewer."""
        self.update, self.state = update, state
        for frame in (self.status(), self.curve(), self.trace(update)):
            self.say(frame)

    def slow_phase(self) -> None:
        """The gradient norms of one update."""
        self.say(phase_frame(self.update, "update", blocks=[("controller", 0.41), ("heads", 0.22), ("output", 0.05)]))

    def trouble(self, message: str, remedy: str) -> None:
        """Something went wrong."""
        self.say(error_frame(message, remedy))

    def _page(self, connection: Any, request: Any) -> Any:
        if request.headers.get("Upgrade"):
            return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "") if self.away else None
        if request.path == "/recorded":
            response = connection.respond(HTTPStatus.OK, "")
            response.body = one(**self.sizes)[1]
            del response.headers["Content-Length"]
            response.headers["Content-Length"] = str(len(response.body))
            return response
        if request.path != "/":
            return connection.respond(HTTPStatus.NO_CONTENT, "")
        response = connection.respond(HTTPStatus.OK, PAGE % (styles(), script(), json.dumps(self.options)))
        del response.headers["Content-Type"]
        response.headers["Content-Type"] = "text/html; charset=utf-8"
        return response

    def _talk(self, socket: Any) -> None:
        self.paths.append(socket.request.path)
        self.told.append(json.loads(socket.recv()))
        self.sockets.append(socket)
        if self.run:
            for frame in (self.status(), self.curve(), self.trace(self.update)):
                socket.send(frame)
        else:
            socket.send(self.status())
        try:
            for message in socket:
                self._hear(json.loads(message))
        finally:
            self.sockets.remove(socket)

    def _hear(self, command: dict[str, Any]) -> None:
        do = command["do"]
        if do == "start":
            self.run = "abc"
            self.show(0, "compiling")
        elif do == "probe":
            self.say(self.trace(command["update"], "probe"))
        elif do == "gradients":
            self.gradients = command["on"]
        elif do == "speed":
            self.speed = command["per_second"]
            self.say(self.status())
        elif do == "step":
            self.show(self.update + command["n"], "paused")
            self.slow_phase()
        elif do in ("pause", "resume"):
            self.state = {"pause": "paused", "resume": "training"}[do]
            self.say(self.status())
        with self.wake:
            self.told.append(command)
            self.wake.notify_all()
