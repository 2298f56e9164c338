"""Fair timing: every contender lives in its own process, and they take turns, round after round.

A contender is a module that calls `serve`; it warms up, says that it is ready, and then measures
once for every number of seconds it is sent. While one measures, the others wait on their standard input.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from typing import Any, TextIO

from memviz.contracts.errors import MemvizError

Answer = dict[str, Any]


class BenchError(MemvizError):
    """A contender that died or said something else than JSON."""


@dataclass(frozen=True)
class Contender:
    """Who takes part: a module, what it is told, and the environment variables to set (None: to take away) for it."""

    name: str
    module: str
    settings: Mapping[str, Any]
    environment: Mapping[str, str | None]


def contest(
    contenders: Sequence[Contender], rounds: int, seconds: float, show: Callable[[float, str], None]
) -> list[dict[str, Answer]]:
    """Start all, let them take turns, end all. One dict of answers a round, by contender name.

    Raises BenchError when one dies.
    """
    with ExitStack() as stack:
        children = [stack.enter_context(closing(_Child(contender))) for contender in contenders]
        return _interleave(children, rounds, seconds, show)


class _Child:
    """The parent's end of one contender's process, which measures on demand."""

    def __init__(self, contender: Contender) -> None:
        self.name = contender.name
        self.process = subprocess.Popen(
            [sys.executable, "-m", contender.module, json.dumps(contender.settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=_changed(contender.environment),
        )
        self._answer()  # that it is ready

    def measure(self, seconds: float) -> Answer:
        """Let it work for about that long and return what it measured."""
        with suppress(BrokenPipeError):  # it has died: so it will not answer
            _pipe(self.process.stdin).write(f"{seconds}\n")
            _pipe(self.process.stdin).flush()
        return self._answer()

    def close(self) -> None:
        """End the process; it stops by itself when its input closes."""
        with suppress(BrokenPipeError):
            _pipe(self.process.stdin).close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        _pipe(self.process.stdout).close()

    def _answer(self) -> Answer:
        line = _pipe(self.process.stdout).readline()
        if not line.startswith("{"):
            self.close()
            raise BenchError(f"Contender.{self.name}: want one JSON line, got {line.strip()!r} (its stderr says why)")
        answer: Answer = json.loads(line)
        return answer


def _interleave(
    children: list[_Child], rounds: int, seconds: float, show: Callable[[float, str], None]
) -> list[dict[str, Answer]]:
    """The order turns around every round."""
    results = []
    for index in range(rounds):
        turn = children if index % 2 == 0 else children[::-1]
        answers = {}
        for place, child in enumerate(turn):
            show((index + place / len(turn)) / rounds, f"round {index + 1} of {rounds}: {child.name}")
            answers[child.name] = child.measure(seconds)
        results.append(answers)
    return results


def serve(prepare: Callable[[dict[str, Any]], Callable[[float], Answer]]) -> None:
    """The child's end: settings from the command line, then one measurement for every line of input."""
    measure = prepare(json.loads(sys.argv[1]))
    _reply({"ready": True})
    for line in sys.stdin:
        _reply(measure(float(line)))


def _reply(answer: Answer) -> None:
    print(json.dumps(answer), flush=True)


def _changed(environment: Mapping[str, str | None]) -> dict[str, str]:
    """The parent's environment with some variables set, or taken away where the value is None."""
    merged: dict[str, str | None] = {**os.environ, **environment}
    return {name: value for name, value in merged.items() if value is not None}


def _pipe(pipe: TextIO | None) -> TextIO:
    assert pipe is not None  # both ends were asked for as pipes
    return pipe
