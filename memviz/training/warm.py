"""Compile what training a model on a task needs, in a process of its own: `python -m memviz.training.warm ntm copy`.

The child only fills the kernel cache; whoever trains only loads from it. So compiling never holds the app's
interpreter, and every training runs the very same machine code. The child prints one JSON object a line: done and total
(steps), what; the last has "warm". A marker in the cache's folder, which is named by a hash of all kernel sources, says
that a pair is done.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

import memviz
from memviz.contracts.errors import BackendError
from memviz.contracts.knob import from_dict
from memviz.ops import cache_folder, sources
from memviz.training.config import TrainConfig
from memviz.training.probe import Probe
from memviz.training.recipe import knob_values
from memviz.training.setup import Setup
from memviz.training.trainer import Trainer

STEPS = ("gradient", "exam", "trace", "gradient of signals", "carried memory")
_turn = threading.Lock()


def entry(folder: str, name: str, constant: str) -> Any:
    """The MODEL or TASK of a folder's name, or of a dotted module."""
    return getattr(importlib.import_module(name if "." in name else f"memviz.{folder}.{name}"), constant)


def compile_pair(model: str, task: str) -> Iterator[str]:
    """Do once, in this process, everything that training does; yields what is done."""
    a, b = entry("models", model, "MODEL"), entry("tasks", task, "TASK")
    values = knob_values(a, b, "lesson", {})
    setup = Setup(a, b, from_dict(a.config, values["model"]), from_dict(b.config, values["task"]))
    trainer = Trainer(setup, TrainConfig(batch=2, chunk=1), threads=1)
    trainer.advance()
    yield STEPS[0]
    trainer.exam()
    yield STEPS[1]
    for done, gradients in ((STEPS[2], False), (STEPS[3], True)):
        Probe(setup).trace(trainer.state, trainer.params, gradients)
        yield done
    trainer.change(memory="carry")
    trainer.advance()
    trainer.close()
    yield STEPS[4]


def marker(model: str, task: str) -> Path:
    """The file that tells that a pair is compiled; numba keeps apart what lies at another place, so does it."""
    digest = hashlib.sha256(f"{model} {task} {sources()[0].parent}".encode())
    for file in sorted(Path(__file__).parent.glob("*.py")):  # who calls decides for which types kernels are compiled
        digest.update(file.read_bytes())
    return cache_folder() / f"warm-{digest.hexdigest()[:16]}.json"


def is_warm(model: str, task: str) -> bool:
    """Whether a training only has to load its kernels."""
    return marker(model, task).is_file()


def ensure_warm(model: str, task: str, on_progress: Callable[[str], None] | None = None) -> None:
    """Return when a pair is compiled; a child process does it if need be. Raises BackendError when that fails."""
    with _turn:
        if not is_warm(model, task):
            _compile_in_child(model, task, on_progress or (lambda _: None))


def _compile_in_child(model: str, task: str, tell: Callable[[str], None]) -> None:
    paths = [str(Path(memviz.__file__).parent.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    command = [sys.executable, "-m", "memviz.training.warm", model, task]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=subprocess.STDOUT, text=True, env=environment) as child:
        assert child.stdout is not None
        try:
            said = _follow(child.stdout, tell)
        except BaseException:  # Ctrl-C, or whoever is told how far it is fails: it would go on for nobody
            child.kill()
            raise
    if child.returncode:
        raise BackendError(f"warm: want kernels for {model} on {task}, got an error: {said:.200} (see the log)")


def _follow(lines: Iterable[str], tell: Callable[[str], None]) -> str:
    """Tell how far the child is; returns the last line of it that is no news."""
    said = ""
    for line in lines:
        if line.startswith("{"):
            at = json.loads(line)
            tell(f"Compiling: step {at['done']} of {at['total']} (once on this machine)")
        else:
            said = line.strip() or said
    return said


def main(arguments: list[str]) -> int:
    """The child's work."""
    if len(arguments) != 2:
        print("warm: want MODEL TASK (such as ntm copy)", file=sys.stderr)
        return 2
    model, task = arguments
    _report(0, "started")
    for done, what in enumerate(compile_pair(model, task), 1):
        _report(done, what)
    path = marker(model, task)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"model": model, "task": task, "numpy": np.__version__}))
    return 0


def _report(done: int, what: str) -> None:
    print(json.dumps({"done": done, "total": len(STEPS), "what": what, "warm": done == len(STEPS)}), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
