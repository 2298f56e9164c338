"""Long-term memory: what one process has stored, another reads from a file and answers for, bit for bit the same.

An episode of key-value recall is cut where the first key comes back. What came before is told here, and what the memory
then holds is saved; from that alone the questions are answered, and then a new episode: once here, and once in a
process that is started for it and finds network and memories in files:
`python -m memviz.study.reproductions.persistence CHECKPOINT FOLDER SEED`, which prints the answers in hex.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

import memviz
from memviz import catalog
from memviz.contracts.reproduction import Figure, Reproduction
from memviz.contracts.task import Episode
from memviz.study.cell import Cell
from memviz.study.row import Row, Tell, told
from memviz.study.summary import mean
from memviz.training import checkpoint, memory
from memviz.training.keys import generator
from memviz.training.loop import drive
from memviz.training.recipe import plan
from memviz.training.setup import Setup
from memviz.training.trainer import Trainer
from memviz.training.warm import ensure_warm

EPISODES = 20
STREAM = 0x9E45
Arrays = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Store:
    """A Setting: a key-value memory that is trained, saved and reopened."""

    name: str = "keyvalue on recall"

    def cells(self, seeds: Iterable[int]) -> list[Cell]:
        """One training a seed."""
        recipe = {"model": "keyvalue", "task": "recall", "preset": "lesson", "knobs": {}}
        until = {"solved": True, "updates": 8000}
        return [Cell(self.name, {**recipe, "until": until, "seed": seed}, measure=__name__) for seed in seeds]


def measure(cell: Cell, tell: Tell) -> dict[str, Any]:
    """Train, tell, save; ask here, in a new process, and with an empty memory."""
    ensure_warm(cell.recipe["model"], cell.recipe["task"])  # to compile is to round otherwise than to load
    planned = plan(cell.recipe, catalog.models(), catalog.tasks())
    trainer, seed = Trainer(planned.setup, planned.config, threads=1), planned.setup.seed
    for _ in told(drive(trainer, planned.until, planned.changes), tell):
        pass
    setup, params = trainer.setup, trainer.params
    empty = setup.start_memory(params)
    stored = [run(setup, params, empty, tell_first.inputs)[1]["memory"] for tell_first, _ in parts(setup, seed)]
    with TemporaryDirectory() as name:
        folder = Path(name)
        checkpoint.save(folder / "network", setup, trainer.state)
        for i, rows in enumerate(stored):
            memory.write(folder / f"memory{i}", rows, setup.describe())
        again = reopened(folder, seed)
    here = answers(setup, params, stored, seed)
    solved = trainer.state.solved
    return {
        "solved": solved is not None,
        "sequences": (solved or trainer.state).sequences,
        "numbers": sum(said.size for said in here),
        "same": all(np.array_equal(said, other) for said, other in zip(here, again, strict=True)),
        "answers": digest(here),
        "answers_again": digest(again),
        "right": right(setup, seed, again),
        "right_if_empty": right(setup, seed, answers(setup, params, [empty] * EPISODES, seed)),
    }


def parts(setup: Setup, seed: int) -> list[tuple[Episode, Episode]]:
    """What is told before the cut, and what is asked after it: the rest of the episode, and one new to the memory."""
    rng, found = generator(STREAM, seed), []
    for _ in range(EPISODES):
        old, new = (setup.task.sample(setup.task_config, rng) for _ in range(2))
        cut = int(old.mask.argmax())
        found.append((piece(old, 0, cut), join(piece(old, cut, len(old.mask)), new)))
    return found


def piece(one: Episode, first: int, end: int) -> Episode:
    """The steps first..end-1."""
    return Episode(one.inputs[first:end], one.targets[first:end], one.mask[first:end], one.phases[first:end])


def join(one: Episode, other: Episode) -> Episode:
    """One after the other."""
    arrays = (np.concatenate([getattr(one, name), getattr(other, name)]) for name in ("inputs", "targets", "mask"))
    return Episode(*arrays, (*one.phases, *other.phases))


def run(setup: Setup, params: Arrays, rows: np.ndarray, inputs: np.ndarray) -> tuple[np.ndarray, Arrays]:
    """Outputs and the state after: from a state that knows nothing but the memory."""
    start = setup.start(params, rows)
    outputs, state, _ = setup.model.forward(setup.model_config, params, start, inputs.astype(np.float32), None)
    return outputs, state


def answers(setup: Setup, params: Arrays, memories: Sequence[np.ndarray], seed: int) -> list[np.ndarray]:
    """The outputs after the cut, episode by episode, from memories alone."""
    pairs = zip(memories, parts(setup, seed), strict=True)
    return [run(setup, params, rows, ask.inputs)[0].reshape(-1) for rows, (_, ask) in pairs]


def right(setup: Setup, seed: int, outputs: Sequence[np.ndarray]) -> float:
    """The part of the questions before the new episode that is answered right."""
    hits: list[bool] = []
    for said, (_, ask) in zip(outputs, parts(setup, seed), strict=True):
        steps = (ask.mask > 0) & (np.arange(len(ask.mask)) < ask.phases.index("key"))  # there the new episode begins
        hits += (said.reshape(ask.targets.shape)[steps].argmax(1) == ask.targets[steps].argmax(1)).tolist()
    return mean(hits)


def digest(outputs: Sequence[np.ndarray]) -> str:
    """SHA-256 of the bytes."""
    return hashlib.sha256(b"".join(said.tobytes() for said in outputs)).hexdigest()


def reopened(folder: Path, seed: int) -> list[np.ndarray]:
    """The answers of a new process."""
    command = [sys.executable, "-m", __name__, str(folder / "network"), str(folder), str(seed)]
    root = Path(memviz.__file__).resolve().parents[1]
    said = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    return [np.array(list(map(float.fromhex, line.split())), np.float32) for line in said.splitlines()]


def reopen(network: str, folder: str, seed: int) -> None:
    """Print the answers to what `measure` asks, a line an episode, from files alone."""
    setup, state = checkpoint.load(network).revive(catalog.models(), catalog.tasks())
    params = setup.layout.views(state.params)
    memories = [memory.load(Path(folder) / f"memory{i}")[0] for i in range(EPISODES)]
    for said in answers(setup, params, memories, seed):
        print(*(float(value).hex() for value in said.reshape(-1)))


def figures(rows: Mapping[str, Sequence[Row]]) -> list[Figure]:
    """Whether any bit differed, and what the memory was needed for."""
    (each,) = rows.values()
    same, numbers = sum(row["same"] for row in each), sum(row["numbers"] for row in each)
    answered = 100 * mean(row["right"] for row in each)
    empty = 100 * mean(row["right_if_empty"] for row in each)
    what = "seeds whose every answer is the same in a new process"
    return [
        Figure(what, "the same", f"{same} of {len(each)}, {numbers:,} numbers compared bit by bit", same == len(each)),
        Figure("questions on what another process was told, right", "", f"{answered:.1f} %"),
        Figure("the same with an empty memory", "", f"{empty:.1f} %"),
    ]


REPRODUCTION = Reproduction(
    name="persistence",
    title="A memory that outlives its process",
    claim="A key-value memory is trained, told something, and saved. A new process opens the file, answers what it was "
    "never told itself, and goes on with a new episode: exactly as the first process would have.",
    source="ours: what a long-term memory is for; the store after Kaiser et al. 2017 and Pritzel et al. 2017",
    arms=[Store()],
    figures=figures,
    seeds=5,
    minutes=1,
)

if __name__ == "__main__":
    reopen(sys.argv[1], sys.argv[2], int(sys.argv[3]))
