"""What `memviz train` says while it works: a bar and sentences for people, one JSON object a line for machines."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from memviz.cli.exits import discard_stdout
from memviz.cli.progress import Bar

EVERY = 0.25  # seconds between two progress lines of JSON


class Report:
    """Sentences on stdout, and a bar on stderr when that is a terminal."""

    def __init__(self, bar: Bar) -> None:
        self.bar = bar
        self.unread = False  # whether stdout was closed by whoever read it

    def event(self, name: str, **facts: Any) -> None:
        """Something that happens once: start, compiled, solved."""
        sentence = SENTENCES[name].format_map(facts)
        self.bar.clear()
        self._say(sentence)

    def waiting(self, what: str) -> None:
        """Something is being waited for, and nobody knows how long it takes."""
        self.bar.show(None, what)

    def news(self, part: float | None, facts: Mapping[str, Any]) -> None:
        """One update's figures; called at every update."""
        self.bar.show(part, PROGRESS.format_map(facts))

    def _say(self, line: str) -> None:
        try:
            print(line, flush=True)
        except BrokenPipeError:  # `memviz train ... | head`: the training is told, and saves
            discard_stdout()
            self.unread = True


class Lines(Report):
    """One JSON object a line on stdout."""

    def __init__(self) -> None:
        super().__init__(Bar(quiet=True))
        self._next = 0.0

    def event(self, name: str, **facts: Any) -> None:
        """One line, whatever happened."""
        self._say(json.dumps({"event": name, **facts}, default=str))

    def news(self, part: float | None, facts: Mapping[str, Any]) -> None:
        """One line now and then."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + EVERY
            self.event("progress", **facts)


SENTENCES = {
    "start": "{model} on {task}, preset {preset}, seed {seed}, {device}: {parameters:,} parameters",
    "compiled": "kernels compiled in {seconds:.1f} s (kept for the next time)",
    "solved": "solved after {sequences:,} sequences, {update:,} updates, {seconds:.2f} s",
    "done": "{outcome}: {wrong_bits:.4g} wrong bits and {bits_per_sequence:.4g} bits a sequence in the exam, "
    "after {sequences:,} sequences in {seconds:.2f} s\n{checkpoint}",
}
PROGRESS = (
    "update {update:,}  {sequences:,} sequences  {per_second:,.0f}/s  loss {loss:.4f}  wrong bits {wrong_bits:.2f}"
)
