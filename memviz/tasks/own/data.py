"""The data that came in by the door, by name: the hash of their contents. Also the example that comes with memviz."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from memviz.contracts import places, store
from memviz.contracts.errors import FileError

FORMAT = "memviz-data/1"
EXAMPLE = "example"
NAME = r"example|[0-9a-f]{32}"
HELD = 5  # one sequence of so many is kept for exams
DELAY = 3  # steps, of the example


@dataclass(frozen=True, eq=False)
class Data:
    """All sequences, float32, and which of them are for training, which for exams."""

    inputs: np.ndarray  # (S, T, X)
    targets: np.ndarray  # (S, T, Y)
    mask: np.ndarray  # (S, T)
    trained: np.ndarray  # indices
    held: np.ndarray  # indices


def name_of(arrays: Mapping[str, np.ndarray]) -> str:
    """Half of the SHA-256 of the arrays' shapes and numbers."""
    digest = hashlib.sha256()
    for name in ("inputs", "targets", "mask"):
        digest.update(f"{name} {arrays[name].shape} ".encode())
        digest.update(arrays[name].tobytes())
    return digest.hexdigest()[:32]


def path_of(name: str) -> Path:
    """Where data of that name are kept."""
    return places.data() / f"{name}.safetensors"


@functools.lru_cache(maxsize=4)
def load(name: str) -> Data:
    """The data of a name. Raises FileError when they are not here or not what they were."""
    if name == EXAMPLE:
        return _split(example())
    path = path_of(name)
    if not path.exists():
        raise FileError(
            f"OwnConfig.data: want data that are kept here, got {name}, which is not in {path.parent} "
            "(give the npz again: --set data=FILE.npz)"
        )
    _, arrays = store.read_file(path, (FORMAT,))
    if not {"inputs", "targets", "mask"} <= arrays.keys() or name_of(arrays) != name:
        raise FileError(f"{path}: want the data {name}, got others (give the npz again: --set data=FILE.npz)")
    return _split(arrays)


def example() -> dict[str, np.ndarray]:
    """200 sequences of two random bits a step; asked for are those of three steps ago."""
    bits = np.random.default_rng(3).integers(0, 2, (200, 12, 2)).astype(np.float32)
    mask = np.ones((200, 12), np.float32)
    mask[:, :DELAY] = 0
    return {"inputs": bits, "targets": np.roll(bits, DELAY, axis=1) * mask[:, :, None], "mask": mask}


def _split(arrays: Mapping[str, np.ndarray]) -> Data:
    S = len(arrays["inputs"])
    order = np.random.default_rng(S).permutation(S)
    held = max(1, S // HELD)
    return Data(arrays["inputs"], arrays["targets"], arrays["mask"], np.sort(order[held:]), np.sort(order[:held]))
