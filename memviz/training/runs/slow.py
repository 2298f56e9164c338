"""Slow motion within one update: the episode step by step, the loss, the gradient of every block, the move."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from memviz.contracts.task import Episode
from memviz.contracts.trace import Trace
from memviz.training.probe import record
from memviz.training.runs.mailbox import Mailbox
from memviz.training.runs.publish import Publisher
from memviz.training.trainer import Trainer

FORWARD, LOSS, GRADIENT = 0.5, 0.15, 0.25  # shares of the time of one update; the rest is left after the move


class SlowMotion:
    """Follows a trainer's phases: `trainer.on_phase = SlowMotion(...)`.

    `show(trace)` is given the update's first episode before its gradient is taken, `tell(phase)` a mapping with update,
    phase ("forward", "loss", "gradient", "update"), t and blocks (name, gradient norm); `wait(seconds)` returns True to
    hurry through the rest of the update.
    """

    def __init__(
        self,
        seconds: float,
        show: Callable[[Trace], None],
        tell: Callable[[Mapping[str, Any]], None],
        wait: Callable[[float], bool],
    ) -> None:
        self._seconds, self._show, self._tell, self._wait = seconds, show, tell, wait
        self._hurry = False

    def __call__(self, phase: str, trainer: Trainer) -> None:
        """Called by the trainer: "forward" before the gradient, "gradient" after it, "update" after the move."""
        update = trainer.state.update + (phase != "update")
        if phase == "forward":
            self._forward(trainer, update)
        elif phase == "gradient":
            self._say(update, "loss", LOSS, loss=trainer.loss)
            self._say(update, "gradient", GRADIENT, blocks=trainer.block_norms())
        else:
            self._say(update, "update", 0)

    def _forward(self, trainer: Trainer, update: int) -> None:
        self._hurry = False
        trace = live(trainer)
        self._show(trace)
        for t in range(trace.steps):
            self._say(update, "forward", FORWARD / trace.steps, t=t)

    def _say(self, update: int, phase: str, share: float, **more: Any) -> None:
        self._tell({"update": update, "phase": phase, "t": None, "blocks": [], **more})
        if share and not self._hurry:
            self._hurry = self._wait(share * self._seconds)


def slow_motion(seconds: float | None, publisher: Publisher, mailbox: Mailbox) -> SlowMotion | None:
    """Slow motion that is published and hurries when a command comes; None: none, when it is too fast for that."""
    if seconds is None:
        return None
    wait = partial(mailbox.wait, wakes=False)  # whose place in line changes is no reason to hurry
    return SlowMotion(seconds, lambda trace: publisher.show(lambda: trace), publisher.tell_phase, wait)


def live(trainer: Trainer) -> Trace:
    """The first episode of the next update, as the network does it before that update."""
    chunk = trainer.next_batch().chunks[0]
    phases = tuple("answer" if asked else "listen" for asked in chunk.mask[:, 0])
    episode = Episode(chunk.inputs[:, 0].copy(), chunk.targets[:, 0].copy(), chunk.mask[:, 0].copy(), phases)
    meta = {"update": trainer.state.update, "source": "live", "memory": {"mode": trainer.state.config.memory}}
    return record(trainer.setup, trainer.params, episode, trainer.state.carried, meta=meta)
