"""One browser's WebSocket: frames go out when the browser is ready, commands come in from whoever may give them."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
from collections.abc import Mapping
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from memviz.contracts.errors import ConfigError, MemvizError
from memviz.render.scope.encode import curve_frame, error_frame, pack, phase_frame, status_frame
from memviz.ui.commands import COMMANDS, OPEN_TO_ALL
from memviz.ui.desk import Desk
from memviz.ui.hub import Channel
from memviz.ui.recipe import check
from memviz.ui.standing import standing

NEW = "new"  # the run id of a socket that watches nothing yet
LONGEST = 64 * 1024  # characters of one message; a recipe is a few hundred
HELLO_SECONDS = 10.0  # a socket that does not introduce itself is closed
HEARTBEAT = 10.0  # an idle socket still says so, which keeps proxies and the browser's watchdog calm
GAP = 0.04  # between two rounds of frames: 25 a second for one viewer
TOO_BIG, REFUSED = 1009, 1008  # close codes of RFC 6455
REPLIES = 16  # waiting answers; a flood drops the oldest

BEAT = pack({"type": "beat"}, {})  # pages ignore frames of a type they do not know

log = logging.getLogger(__name__)


class Viewer:
    """One socket. `channel` is the run it watches; None before one was started."""

    def __init__(self, socket: WebSocket, desk: Desk) -> None:
        self.desk = desk
        self.owner = ""  # the hash of the browser's secret
        self.channel: Channel | None = None
        self.wake = asyncio.Event()
        self.probe: tuple[int, int | None] | None = None  # update and branch whose recording was asked for last
        self.gradients = False  # whether this browser looks at gradients
        self._socket = socket
        self._replies: list[bytes] = []
        self._starting: asyncio.Task[None] | None = None
        self._gone = False  # the socket is closed: what ends only now must not be watched
        self._forget()

    def _forget(self) -> None:
        """The browser knows nothing of what is watched now."""
        self._status: dict[str, Any] = {}
        self._sent = -1  # version of the trace sent last
        self._ready = True  # the browser has drawn what it got
        self._points = 0  # of the curve, that the browser has
        self._epoch = 0  # of the run, that these points belong to
        self._phase: Any = None
        self._branch: int | None = None  # the other branch whose curve the browser has

    @property
    def controls(self) -> bool:
        """Whether this browser may command what it watches: it started it, or it watches nothing yet."""
        return self.channel is None or self.channel.run.owner == self.owner

    def watch(self, channel: Channel | None) -> None:
        """Follow another run, or none: everything is sent again. Whoever has gone watches nothing."""
        if self._gone:
            channel = None
        if self.channel is not None:
            self.channel.leave(self.wake)
        self.channel = channel
        self._forget()
        if channel is not None:
            channel.join(self.wake)
            channel.gradients(self.wake, self.gradients)
        self.wake.set()

    def see_gradients(self, on: bool) -> None:
        """Have gradients in what is watched, now and after another run was started."""
        self.gradients = on
        if self.channel is not None:
            self.channel.gradients(self.wake, on)

    async def follow(self, run_id: str) -> None:
        """Watch a run by its id, also one that lies on disk since the last server; say so when there is none."""
        if run_id == NEW:
            return
        try:
            run = await asyncio.to_thread(lambda: self.desk.registry.get(run_id))
        except MemvizError as error:
            log.info("run %s cannot be watched: %s", run_id, error)
            self.reply(
                error_frame("This run is not on this machine.", "It may have been removed. Train starts a new one.")
            )
        except Exception:
            log.exception("run %s could not be opened", run_id)
            self.reply(self._broken("This run could not be opened."))
        else:
            self.watch(self.desk.hub.channel(run))

    def start(self, recipe: Mapping[str, Any]) -> None:
        """Start a run of this browser's own, and watch it; what it still has to wait for, its status says.

        While one is being started, another start is a double click.
        """
        if self._starting is not None and not self._starting.done():
            return
        self._starting = asyncio.create_task(self._start(recipe))

    async def _start(self, recipe: Mapping[str, Any]) -> None:
        try:
            run = await asyncio.to_thread(lambda: self.desk.registry.create(check(recipe), self.owner))
        except MemvizError as error:
            self.reply(refusal(error))
        except Exception:
            log.exception("a run could not be started")
            self.reply(self._broken("The run could not be started."))
        else:
            self.watch(self.desk.hub.channel(run))

    def _broken(self, what: str) -> bytes:
        return error_frame(what, f"The details are in {self.desk.log}.")

    def reply(self, frame: bytes) -> None:
        """Send a frame in the next round."""
        self._replies = [*self._replies[-REPLIES + 1 :], frame]
        self.wake.set()

    async def serve(self) -> None:
        """Receive and send until the browser goes."""
        tasks = [asyncio.create_task(self._receive()), asyncio.create_task(self._send())]
        stop_listening = self.desk.preparation.listen(self.wake)
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        except (WebSocketDisconnect, RuntimeError):  # starlette raises RuntimeError on a send after the close
            log.debug("a viewer has gone")
        finally:
            stop_listening()
            for task in tasks:
                task.cancel()
            self._gone = True
            self.watch(None)

    async def hello(self) -> bool:
        """Wait for the browser's introduction. False when the socket was closed instead."""
        with contextlib.suppress(TimeoutError, ConfigError):
            async with asyncio.timeout(HELLO_SECONDS):
                message = await self._message()
            if message["do"] == "hello" and isinstance(message.get("owner"), str) and message["owner"]:
                self.owner = hashlib.sha256(message["owner"].encode()).hexdigest()
                return True
        await self._socket.close(REFUSED, 'the first message is {"do": "hello", "owner": ...}')
        return False

    async def _message(self) -> Mapping[str, Any]:
        packet = await self._socket.receive()
        if packet["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(packet.get("code", 1000))
        text = packet.get("text")
        if text is None or len(text) > LONGEST:
            await self._socket.close(TOO_BIG, f"want JSON text of at most {LONGEST} characters")
            raise WebSocketDisconnect(TOO_BIG)
        return parse(text)

    async def _receive(self) -> None:
        while True:
            try:
                self._obey(await self._message())
            except MemvizError as error:
                self.reply(refusal(error))
            except WebSocketDisconnect:
                raise
            except Exception:
                log.exception("a command failed")
                self.reply(self._broken("The command failed."))

    def _obey(self, message: Mapping[str, Any]) -> None:
        name = message["do"]
        if name == "ack":  # whatever was drawn, the browser has time for the next
            self._ready = True
            self.wake.set()
            return
        command = COMMANDS.get(name)
        if command is None:
            raise ConfigError(f"socket: want a known command, got {name!r:.40} (reload the page)")
        if name not in OPEN_TO_ALL and not self.controls:
            raise ConfigError("This run was started in another browser: you can watch it but not control it.")
        command(self, message)

    async def _send(self) -> None:
        while True:
            self.wake.clear()
            await self._round()
            await asyncio.sleep(GAP)
            try:
                async with asyncio.timeout(HEARTBEAT):
                    await self.wake.wait()
            except TimeoutError:
                self.reply(BEAT)

    async def _round(self) -> None:
        status = standing(self.channel, self.controls, self.desk.preparation)
        if status != self._status:
            self._status = status
            await self._socket.send_bytes(status_frame(status))
        if self.channel is not None:
            await self._send_run(self.channel)
        replies, self._replies = self._replies, []
        for frame in replies:  # last: a run that has moved takes an error off the page
            await self._socket.send_bytes(frame)

    async def _send_run(self, channel: Channel) -> None:
        """What is new of the run. Another may be watched after any await: the rest is then for the next round."""
        if self.probe is not None:
            (update, branch), self.probe = self.probe, None
            await self._send_probe(channel, update, branch)
            if channel is not self.channel:
                return
        if channel.run.epoch != self._epoch:  # rewound or branched: what the browser has is no longer so
            self._epoch, self._points, self._branch = channel.run.epoch, 0, None
        curve = channel.run.curve(self._points)
        if len(curve["update"]):
            start, self._points = self._points, self._points + len(curve["update"])
            await self._socket.send_bytes(curve_frame(curve, start))
            if channel is not self.channel:
                return
        if (phase := channel.run.phase()) is not self._phase:
            self._phase = phase
            await self._socket.send_bytes(phase_frame(**phase))
            if channel is not self.channel:
                return
        if self._ready:
            version, frame = channel.frame()
            if version != self._sent:
                self._sent, self._ready = version, False
                await self._socket.send_bytes(frame)

    async def _send_probe(self, channel: Channel, update: int, branch: int | None) -> None:
        run = channel.run
        try:
            record = await asyncio.to_thread(run.record, update, self.gradients, branch)
            curve = None if branch in (None, self._branch) else run.curve(0, branch)
        except MemvizError as error:
            self.reply(refusal(error))
            return
        except Exception:
            log.exception("update %d could not be shown", update)
            self.reply(self._broken(f"Update {update:,} could not be shown."))
            return
        if curve is not None and channel is self.channel:
            self._branch = branch
            await self._socket.send_bytes(curve_frame(curve, 0, branch))
        if channel is self.channel:
            await self._socket.send_bytes(channel.pack(record.trace, self._sent, "probe", branch))


def parse(text: str) -> Mapping[str, Any]:
    """A message as a mapping that says what to do. Raises ConfigError otherwise."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError("socket: want a JSON object, got something else (reload the page)") from error
    if not isinstance(message, Mapping) or not isinstance(message.get("do"), str):
        raise ConfigError('socket: want {"do": ...}, got something else (reload the page)')
    return message


def refusal(error: MemvizError) -> bytes:
    """An error as a frame: what stands in the last brackets is the remedy."""
    message, bracket, remedy = str(error).rpartition(" (")
    return error_frame(message, remedy.removesuffix(")")) if bracket else error_frame(remedy)
