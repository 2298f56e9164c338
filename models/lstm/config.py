"""The LSTM's settings, parameter blocks and presets; it records its two states.

Its parameter blocks stand in memviz/ops/blocks.py; there is no memory to read or to tell anything.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from memviz.contracts.knob import Preset, check, choice, knob
from memviz.contracts.model import Arrays
from memviz.contracts.signal import Signal
from memviz.ops.blocks import Frame, first_weights, start_shapes, weight_shapes


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


def frame(config: LSTMConfig) -> Frame:
    """The sizes of a network that has no memory."""
    return Frame(lstm=True, hidden=config.hidden)


def shapes(config: LSTMConfig, X: int, Y: int) -> dict[str, tuple[int, ...]]:
    """Name -> shape of every parameter."""
    sizes = frame(config)
    return weight_shapes(sizes, X, Y) | start_shapes(sizes)


def init(config: LSTMConfig, X: int, Y: int, rng: np.random.Generator) -> Arrays:
    """First parameters (float64): small random matrices, zero biases, forget gate open."""
    sizes = frame(config)
    return first_weights(sizes, shapes(config, X, Y), sizes.bias, rng)


def start(config: LSTMConfig, params: Arrays) -> Arrays:
    """The state before step 0: hidden and cell."""
    return {name: params[f"{name}_start"].copy() for name in ("hidden", "cell")}
