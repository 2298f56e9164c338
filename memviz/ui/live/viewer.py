"""One browser: what it watches and asked to see, and what it has got so far. Knows no network."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from memviz.contracts.errors import MemvizError
from memviz.render.scope.encode import error_frame
from memviz.ui.desk import Desk
from memviz.ui.live.hub import Channel
from memviz.ui.recipe import check

NEW = "new"  # the run id of a browser that watches nothing yet
REPLIES = 16  # waiting answers; a flood drops the oldest

log = logging.getLogger(__name__)


@dataclass
class Sent:
    """What a browser has of the run that it watches; at first nothing."""

    status: dict[str, Any] = field(default_factory=dict)
    version: int = -1  # of the trace sent last
    points: int = 0  # of the curve
    epoch: int = 0  # of the run, that these points belong to
    phase: Any = None
    branch: int | None = None  # the other branch whose curve it has
    recording: asyncio.Task[None] | None = None  # what it asked for is being recorded
    answers: list[bytes] = field(default_factory=list)  # frames it asked for, that wait to be sent


class Viewer:
    """One browser. `channel` is the run it watches; None before one was started."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.owner = ""  # the hash of the browser's secret
        self.channel: Channel | None = None
        self.wake = asyncio.Event()
        self.probe: tuple[int, int | None] | None = None  # update and branch whose recording was asked for last
        self.gradients = False  # whether this browser looks at gradients
        self.sent = Sent()
        self._replies: list[bytes] = []
        self._starting: asyncio.Task[None] | None = None
        self._gone = False  # the socket is closed: what ends only now must not be watched

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
        self.channel, self.sent, self.probe = channel, Sent(), None
        if channel is not None:
            channel.join(self.wake)
            channel.gradients(self.wake, self.gradients)
        self.wake.set()

    def leave(self) -> None:
        """Watch nothing any more, for good."""
        self._gone = True
        self.watch(None)

    def drew(self) -> None:
        """It has drawn what it got, whatever that was, and rested: it has time for the next trace."""
        if self.channel is not None:
            self.channel.ready(self.wake, True)
            if self.channel.run.latest()[0] != self.sent.version:
                self.wake.set()  # else the next trace will: a round of frames now would have it wait for the gap

    def see_gradients(self, on: bool) -> None:
        """Have gradients in what is watched, now and after another run was started."""
        self.gradients = on
        if self.channel is not None:
            self.channel.gradients(self.wake, on)

    async def follow(self, run_id: str) -> None:
        """Watch a run by its id, also one that lies on disk since the last server; say so when there is none."""
        if run_id == NEW:
            return
        before, run = self.channel, await self._opened(run_id)
        while run is not None and self.channel is before and (before is None or before.run is not run):
            before = self.desk.hub.channel(run)
            self.watch(before)
            run = await self._opened(run_id)  # the same, unless it was put away before it was watched

    async def _opened(self, run_id: str) -> Any:
        """The run, or None once the browser was told why not."""
        try:
            return await asyncio.to_thread(lambda: self.desk.registry.get(run_id))
        except MemvizError as error:
            log.info("run %s cannot be watched: %s", run_id, error)
            self.reply(
                error_frame("This run is not on this machine.", "It may have been removed. Train starts a new one.")
            )
        except Exception:
            log.exception("run %s could not be opened", run_id)
            self.reply(self.broken("This run could not be opened."))
        return None

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
            self.reply(self.broken("The run could not be started."))
        else:
            self.watch(self.desk.hub.channel(run))

    def broken(self, what: str) -> bytes:
        """What a person is told where a fault is ours."""
        return error_frame(what, f"The details are in {self.desk.log}.")

    def reply(self, frame: bytes) -> None:
        """Send a frame in the next round."""
        self._replies = [*self._replies[-REPLIES + 1 :], frame]
        self.wake.set()

    def replies(self) -> list[bytes]:
        """The frames that wait to be sent; they are the caller's now."""
        waiting, self._replies = self._replies, []
        return waiting


def refusal(error: MemvizError) -> bytes:
    """An error as a frame: what stands in the last brackets is the remedy."""
    message, bracket, remedy = str(error).rpartition(" (")
    return error_frame(message, remedy.removesuffix(")")) if bracket else error_frame(remedy)
