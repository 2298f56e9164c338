"""A config for the tests of knobs and of what is typed to set them."""

from __future__ import annotations

from dataclasses import dataclass

from memviz.contracts.knob import choice, knob


@dataclass(frozen=True)
class Small:
    """A config with one knob of every sort."""

    slots: int = knob(16, 1, 512, "memory slots")
    rate: float = knob(0.01, 1e-6, 1.0, "learning rate")
    controller: str = choice("lstm", ("lstm", "feedforward"), "controller")
    learned: bool = choice(True, (True, False), "learn the initial memory")
