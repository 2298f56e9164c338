"""The LSTM's settings, parameter blocks and presets; it records its two states.

Both matrix products read a contiguous piece of one row [h | 1 | x]: the state, a one (so that the bias is a row of
the matrix), the input. The rows of each block follow that order:

    controller  (hidden + 1 + X, 4 hidden)   columns input gate, forget gate, candidate, output gate
    output      (hidden + 1, Y)

hidden_start and cell_start (hidden,) hold before step 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from memviz.contracts.knob import Preset, check, choice, knob
from memviz.contracts.signal import Signal

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class LSTMConfig:
    """One layer of long short-term memory (Hochreiter & Schmidhuber 1997; forget gate: Gers et al. 2000)."""

    hidden: int = knob(100, 1, 1024, "units: all that it can remember lies in them")
    clip: float = knob(0.0, 0.0, 100.0, "clip the logits to -clip..clip; 0 = off")
    outputs: str = choice("bits", ("bits", "classes"), "independent bits, or one class (follows the task's loss)")

    def __post_init__(self) -> None:
        """Raise ConfigError at the first knob out of range."""
        check(self)


_TRAINING = {"optimizer": "adam", "rate": 3e-3, "batch": 8, "chunk": 2, "clip": 1.0, "clip_by": "norm"}
PRESETS = {
    "lesson": Preset({"hidden": 64}, _TRAINING),
    "paper": Preset({"hidden": 256}, _TRAINING),  # one layer of the three in Graves et al. 2014, section 4.6
}


def signals(config: LSTMConfig) -> dict[str, Signal]:
    """Name -> meaning of everything `forward` records."""
    return {
        "hidden": Signal("hidden", ("t", "hidden"), "what the network says"),
        "cell": Signal("hidden", ("t", "hidden"), "what it keeps"),
    }


def shapes(config: LSTMConfig, X: int, Y: int) -> dict[str, tuple[int, ...]]:
    """Name -> shape of every parameter, in the order of `init`."""
    hidden = config.hidden
    matrices = {"controller": (hidden + 1 + X, 4 * hidden), "output": (hidden + 1, Y)}
    return {**matrices, "hidden_start": (hidden,), "cell_start": (hidden,)}


def init(config: LSTMConfig, X: int, Y: int, rng: np.random.Generator) -> Arrays:
    """First parameters (float64): small random matrices, zero biases, forget gate open."""
    hidden, size, bound = config.hidden, shapes(config, X, Y), 1 / np.sqrt(config.hidden)
    params = {"controller": rng.uniform(-bound, bound, size["controller"])}
    params["output"] = rng.normal(0, bound, size["output"])
    params["controller"][hidden] = params["output"][hidden] = 0.0
    params["controller"][hidden, hidden : 2 * hidden] = 1.0
    return params | {name: rng.normal(0, 0.1, hidden) for name in ("hidden_start", "cell_start")}


def start(config: LSTMConfig, params: Arrays) -> Arrays:
    """The state before step 0: hidden and cell."""
    return {name: params[f"{name}_start"].copy() for name in ("hidden", "cell")}
