"""The WebSocket of one browser: frames go out when it is ready, commands come in from whoever may give them."""

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
from memviz.contracts.trace import Trace
from memviz.render.scope.encode import curve_frame, pack, phase_frame, status_frame
from memviz.ui.live.commands import COMMANDS, OPEN_TO_ALL
from memviz.ui.live.hub import Channel
from memviz.ui.live.standing import standing
from memviz.ui.live.viewer import Sent, Viewer, refusal

LONGEST = 64 * 1024  # characters of one message; a recipe is a few hundred
HELLO_SECONDS = 10.0  # a socket that does not introduce itself is closed
HEARTBEAT = 10.0  # an idle socket still says so, which keeps proxies and the browser's watchdog calm
GAP = 0.04  # between two rounds of frames: 25 a second for one viewer
TOO_BIG, REFUSED = 1009, 1008  # close codes of RFC 6455

BEAT = pack({"type": "beat"}, {})  # pages ignore frames of a type they do not know

log = logging.getLogger(__name__)


class Connection:
    """One viewer's socket."""

    def __init__(self, socket: WebSocket, viewer: Viewer) -> None:
        self.viewer = viewer
        self._socket = socket

    async def serve(self) -> None:
        """Receive and send until the browser goes."""
        tasks = [asyncio.create_task(self._receive()), asyncio.create_task(self._send())]
        stop_listening = self.viewer.desk.preparation.listen(self.viewer.wake)
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
            self.viewer.leave()

    async def hello(self) -> bool:
        """Wait for the browser's introduction. False when the socket was closed instead."""
        with contextlib.suppress(TimeoutError, ConfigError):
            async with asyncio.timeout(HELLO_SECONDS):
                message = await self._message()
            if message["do"] == "hello" and isinstance(message.get("owner"), str) and message["owner"]:
                self.viewer.owner = hashlib.sha256(message["owner"].encode()).hexdigest()
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
                self.viewer.reply(refusal(error))
            except WebSocketDisconnect:
                raise
            except Exception:
                log.exception("a command failed")
                self.viewer.reply(self.viewer.broken("The command failed."))

    def _obey(self, message: Mapping[str, Any]) -> None:
        name = message["do"]
        if name == "ack":
            self.viewer.drew()
            return
        command = COMMANDS.get(name)
        if command is None:
            raise ConfigError(f"socket: want a known command, got {name!r:.40} (reload the page)")
        if name not in OPEN_TO_ALL and not self.viewer.controls:
            raise ConfigError("This run was started in another browser: you can watch it but not control it.")
        command(self.viewer, message)

    async def _send(self) -> None:
        while True:
            self.viewer.wake.clear()
            await self._round()
            await asyncio.sleep(GAP)
            try:
                async with asyncio.timeout(HEARTBEAT):
                    await self.viewer.wake.wait()
            except TimeoutError:
                self.viewer.reply(BEAT)

    async def _round(self) -> None:
        """What is new. Another run may be watched after any await: the rest is then for the next round."""
        viewer = self.viewer
        channel, sent = viewer.channel, viewer.sent
        status = standing(channel, viewer.controls, viewer.desk.preparation)
        if status != sent.status:
            sent.status = status
            await self._socket.send_bytes(status_frame(status))
        if channel is not None and sent is viewer.sent:
            self._probe(channel, sent)
            await self._send_run(channel, sent)
        for frame in viewer.replies():  # last: a run that has moved takes an error off the page
            await self._socket.send_bytes(frame)

    async def _send_run(self, channel: Channel, sent: Sent) -> None:
        viewer = self.viewer
        epoch = sent.status["epoch"]
        if channel.run.epoch != epoch:  # the page is told first: it forgets what it has then
            viewer.wake.set()
            return
        if epoch != sent.epoch:  # rewound or branched: what the browser has is no longer so
            sent.epoch, sent.points, sent.branch, sent.answers = epoch, 0, None, []
        while sent.answers:
            await self._socket.send_bytes(sent.answers.pop(0))
            if sent is not viewer.sent:
                return
        curve = channel.run.curve(sent.points)
        if len(curve["update"]):
            start, sent.points = sent.points, sent.points + len(curve["update"])
            await self._socket.send_bytes(curve_frame(curve, start))
            if sent is not viewer.sent:
                return
        if (phase := channel.run.phase()) is not sent.phase:
            sent.phase = phase
            await self._socket.send_bytes(phase_frame(**phase))
            if sent is not viewer.sent:
                return
        if channel.awaits(viewer.wake):
            version, frame = channel.frame()
            if version != sent.version:
                sent.version = version
                channel.ready(viewer.wake, False)
                await self._socket.send_bytes(frame)

    def _probe(self, channel: Channel, sent: Sent) -> None:
        """Have what was asked for last recorded, beside the rounds: a run from the disk may compile for that."""
        viewer = self.viewer
        if viewer.probe is not None and (sent.recording is None or sent.recording.done()):
            (update, branch), viewer.probe = viewer.probe, None
            sent.recording = asyncio.create_task(self._answer(channel, sent, update, branch))

    async def _answer(self, channel: Channel, sent: Sent, update: int, branch: int | None) -> None:
        run, viewer, epoch = channel.run, self.viewer, channel.run.epoch

        def stays() -> bool:
            return sent is viewer.sent and epoch == run.epoch  # else it is of a run or a past that was left

        try:
            record = await asyncio.to_thread(run.record, update, viewer.gradients, branch)
            frames = pictures(channel, sent, record.trace, branch) if stays() else []
        except MemvizError as error:
            frames = [refusal(error)]
        except Exception:
            log.exception("update %d could not be shown", update)
            frames = [viewer.broken(f"Update {update:,} could not be shown.")]
        if stays():
            sent.answers += frames
        viewer.wake.set()  # also for what was asked meanwhile


def pictures(channel: Channel, sent: Sent, trace: Trace, branch: int | None) -> list[bytes]:
    """A recording as frames; that of another branch than the browser has seen last comes with its curve."""
    frames = [channel.pack(trace, sent.version, "probe", branch)]
    if branch not in (None, sent.branch):
        frames.insert(0, curve_frame(channel.run.curve(0, branch), 0, branch))
        sent.branch = branch
    return frames


def parse(text: str) -> Mapping[str, Any]:
    """A message as a mapping that says what to do. Raises ConfigError otherwise."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError("socket: want a JSON object, got something else (reload the page)") from error
    if not isinstance(message, Mapping) or not isinstance(message.get("do"), str):
        raise ConfigError('socket: want {"do": ...}, got something else (reload the page)')
    return message
