"""Our own routes beside Streamlit's pages: frames over HTTP, and the WebSocket of every scope."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from memviz.contracts.errors import MemvizError
from memviz.render.scope.encode import trace_frame
from memviz.ui.desk import desk, lesson_frame, panels, recorded, shown
from memviz.ui.episodes import episode
from memviz.ui.live.socket import REFUSED, Connection
from memviz.ui.live.viewer import Viewer, refusal

FRAME_TYPE = "application/vnd.memviz.frame"
CROWD = 300  # sockets on one server
HEADERS = {
    "Content-Encoding": "identity",  # else Streamlit compresses these on the event loop: 1 ms becomes 49
    "X-Content-Type-Options": "nosniff",
}


def same_origin(connection: HTTPConnection) -> bool:
    """Whether a page of ours asks; without an Origin it is no browser's cross-site request."""
    origin = connection.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == connection.headers.get("host")


async def frame_response(make: Callable[[], bytes], keep: str) -> Response:
    """A frame, made off the event loop; 404 with an error frame when there is none."""
    try:
        body, status = await asyncio.to_thread(make), 200
    except MemvizError as error:
        body, status, keep = refusal(error), 404, "no-store"
    return Response(body, status, {**HEADERS, "Cache-Control": keep}, FRAME_TYPE)


async def recorded_trace(request: Request) -> Response:
    """The episode that ships with a model."""
    model = request.path_params["model"]
    return await frame_response(lambda: recorded(model), "max-age=3600")


async def opened_trace(request: Request) -> Response:
    """A file that a person brought to look at, by its token."""
    token = request.path_params["token"]
    return await frame_response(lambda: shown(desk().looked_at(token)), "no-store")


async def lesson_trace(request: Request) -> Response:
    """The episode that a lesson is told on, as far as the learner has come."""
    name, last = request.path_params["name"], request.path_params["last"]
    return await frame_response(lambda: lesson_frame(name, last), "max-age=3600")


async def run_trace(request: Request) -> Response:
    """The recording of one update of a run."""
    run_id, update = request.path_params["run"], request.path_params["update"]

    def make() -> bytes:
        trace = desk().registry.get(run_id).record(update).trace
        return trace_frame(trace, panels(trace.signals), source="probe", update=update)

    return await frame_response(make, "no-store")


async def chosen_episode(request: Request) -> Response:
    """A sequence by seed and length, done by a model that ships or by a run."""
    choice, seed, length = (request.path_params[name] for name in ("choice", "seed", "length"))
    return await frame_response(lambda: shown(episode(choice, seed, length)), "no-store")


async def plotly_library(request: Request) -> Response:
    """plotly.js, for a browser that saves a figure; 5 MB, fetched only then."""
    body = await asyncio.to_thread(_plotly_library)
    return Response(body, 200, {**HEADERS, "Cache-Control": "max-age=86400"}, "text/javascript")


def _plotly_library() -> bytes:
    from memviz.render.plotly_figure import library

    return library()


async def scope_socket(socket: WebSocket) -> None:
    """One scope. `run` is an id, or "new" for a socket that will start one."""
    if not same_origin(socket) or desk().sockets >= CROWD:
        await socket.close(REFUSED)
        return
    await socket.accept()
    desk().sockets += 1
    try:
        viewer = Viewer(desk())
        connection = Connection(socket, viewer)
        with contextlib.suppress(WebSocketDisconnect):
            if await connection.hello():
                await viewer.follow(socket.path_params["run"])
                await connection.serve()
    finally:
        desk().sockets -= 1


ROUTES = [
    Route("/memviz/recorded/{model}", recorded_trace),
    Route("/memviz/lesson/{name}/{last:int}", lesson_trace),
    Route("/memviz/opened/{token}", opened_trace),
    Route("/memviz/trace/{run}/{update:int}", run_trace),
    Route("/memviz/episode/{choice}/{seed:int}/{length:int}", chosen_episode),
    Route("/memviz/plotly.js", plotly_library),
    WebSocketRoute("/memviz/ws/{run}", scope_socket),
]
