"""Fan-out: what a run publishes on its training thread reaches every viewer, packed once."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from memviz.contracts.panel import Panel
from memviz.contracts.signal import Signal
from memviz.contracts.trace import Trace
from memviz.render.limits import Limits, limits_of, merge_limits
from memviz.render.scope.encode import trace_frame
from memviz.ui.live.fingerprint import compare

log = logging.getLogger(__name__)
PanelsOf = Callable[[Mapping[str, Signal]], list[Panel]]


class Channel:
    """One run and the sockets that watch it. Only `publish` may be called off the event loop."""

    def __init__(self, run: Any, panels_of: PanelsOf, loop: asyncio.AbstractEventLoop) -> None:
        self.run = run
        self._panels_of = panels_of
        self._loop = loop
        self._viewers: set[asyncio.Event] = set()
        self._deep: set[asyncio.Event] = set()  # those who look at gradients
        self._ready: set[asyncio.Event] = set()  # those with time for the next trace
        self._unsubscribe: Callable[[], None] | None = None
        self._scheduled = False  # a wake-up is already on its way to the loop: training may publish faster
        self._version, self._frame = -1, b""
        self._verdict: tuple[tuple[int, int], str] = ((-1, -1), "")
        self._judging: asyncio.Task[None] | None = None
        self._limits: Limits = {}  # the fixed scales of the run: they grow, and never shrink

    @property
    def viewers(self) -> int:
        """How many sockets watch this run."""
        return len(self._viewers)

    def join(self, wake: asyncio.Event) -> None:
        """Set `wake` whenever there is news. The first viewer makes the run count as watched."""
        self._viewers.add(wake)
        self.ready(wake, True)
        if self._unsubscribe is None:
            self._unsubscribe = self.run.subscribe(self.publish)
        self._wake()  # the number of viewers is news too

    def leave(self, wake: asyncio.Event) -> None:
        """Stop waking `wake`. When the last viewer has left, the run is told that nobody watches."""
        self.gradients(wake, False)
        self.ready(wake, False)
        self._viewers.discard(wake)
        if not self._viewers and self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._wake()

    def ready(self, wake: asyncio.Event, on: bool) -> None:
        """Have the run make traces as long as at least one viewer is ready for the next."""
        (self._ready.add if on else self._ready.discard)(wake)
        self.run.wants(bool(self._ready))

    def awaits(self, wake: asyncio.Event) -> bool:
        """Whether this viewer has time for the next trace."""
        return wake in self._ready

    def gradients(self, wake: asyncio.Event, on: bool) -> None:
        """Have the run's traces hold gradients as long as at least one viewer looks at them."""
        before = bool(self._deep)
        (self._deep.add if on else self._deep.discard)(wake)
        if bool(self._deep) != before:
            self.run.gradients(bool(self._deep))

    def publish(self, kind: str) -> None:
        """Called by the training thread: costs one flag, and one loop wake-up if none is pending."""
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_soon_threadsafe(self._wake)

    def frame(self) -> tuple[int, bytes]:
        """The latest trace as (version, frame), packed once however many ask; (-1, b"") before the first."""
        version, trace = self.run.latest()
        if trace is not None and version != self._version:
            slow = trace.meta.get("source") == "live"  # an episode of the training itself, shown in slow motion
            source = "slow" if slow else "live"
            self._version, self._frame = version, self.pack(trace, version, source, None, self.run.shown)
        return self._version, self._frame

    def pack(
        self, trace: Trace, version: int, source: str, branch: int | None = None, shown: float | None = None
    ) -> bytes:
        """One trace of this run as a frame on the run's own scales; `branch`: None for the present one.

        `shown`: when the trace was there; None: now.
        """
        self._limits = merge_limits(self._limits, limits_of(trace))
        about = {
            "version": version,
            "source": source,
            "limits": self._limits,
            "published": time.time() if shown is None else shown,
            "branch": branch,
        }
        return trace_frame(trace, self._panels_of(trace.signals), **about)

    def verdict(self, update: int) -> str:
        """Whether a run of a link, at rest at `update`, is what the link promised; "" without a promise, or not yet.

        It is found out off the event loop, and viewers are woken when it is known.
        """
        moment = (self.run.epoch, update)
        if self._verdict[0] == moment:
            return self._verdict[1]
        if self.run.recipe.get("expect") and self._judging is None:
            self._judging = self._loop.create_task(self._judge(moment))
        return ""

    async def _judge(self, moment: tuple[int, int]) -> None:
        try:
            said = await asyncio.to_thread(compare, self.run)
        except Exception:
            log.exception("a run could not be held against its link")
            said = ""
        self._judging = None
        if said and moment == (self.run.epoch, self.run.status()["update"]):  # else it has trained on meanwhile
            self._verdict = (moment, said)
            self._wake()

    def _wake(self) -> None:
        self._scheduled = False
        for event in self._viewers:
            event.set()


class Hub:
    """The channels of all watched runs, by run id. Lives on the event loop."""

    def __init__(self, panels_of: PanelsOf) -> None:
        self._panels_of = panels_of
        self._channels: dict[str, Channel] = {}

    def channel(self, run: Any) -> Channel:
        """The one channel of `run`; a run resumed from disk under the same id gets a fresh one."""
        channel = self._channels.get(run.id)
        if channel is None or channel.run is not run:
            self._forget_unwatched()
            channel = self._channels[run.id] = Channel(run, self._panels_of, asyncio.get_running_loop())
        return channel

    def _forget_unwatched(self) -> None:
        for run_id in [key for key, channel in self._channels.items() if not channel.viewers]:
            del self._channels[run_id]
