"""The settings of a memory-augmented network: every switch where the paper is open, and the two presets."""

from __future__ import annotations

from dataclasses import dataclass

from memviz.contracts.knob import Preset, check, choice, knob
from memviz.contracts.signal import Signal


@dataclass(frozen=True)
class MANNConfig:
    """A memory-augmented network with least-recently-used access (Santoro et al. 2016) and what it leaves open."""

    N: int = knob(128, 1, 1024, "slots: rows of the memory")
    W: int = knob(40, 1, 256, "word width: numbers in one slot")
    hidden: int = knob(200, 1, 1024, "units of the controller")
    heads: int = knob(4, 1, 8, "heads: each reads, and each writes one word a step")
    controller: str = choice("lstm", ("lstm", "feedforward"), "the controller: with a state of its own, or without")
    memory: str = choice(
        "constant",
        ("constant", "learned", "random"),
        "memory before step 0: every number memory_value, or trained, or random numbers that stay the same",
    )
    memory_value: float = knob(0.0, -1.0, 1.0, "the number a constant memory starts from")
    memory_scale: float = knob(0.1, 0.0, 2.0, "standard deviation of a random memory, and of a learned one at first")
    memory_seed: int = knob(0, 0, 2**31 - 1, "which random memory")
    start: str = choice("zero", ("zero", "learned"), "read weightings before step 0: nowhere, or trained")
    read_order: str = choice(
        "written", ("written", "previous"), "a read sees the memory after this step's write, or before it"
    )
    written: str = choice(
        "key", ("key", "own"), "what a head writes: the key it looks for (as published), or a word of its own"
    )
    strength: str = choice(
        "none",
        ("none", "softplus", "oneplus"),
        "key strength: always 1 (as published), or told by the controller: log(1+e^x), or 1 more",
    )
    least_used: str = choice(
        "each", ("each", "all"), "the h-th head writes to the h-th least used slot, or every head to all of these"
    )
    cleared: str = choice(
        "first", ("first", "all"), "set to zero before the write: the least used slot, or as many as there are heads"
    )
    decay: float = knob(0.95, 0.0, 1.0, "share of a slot's usage that a step leaves (gamma)")
    tie: float = knob(1e-5, 0.0, 1e-2, "usages this close count as equal; the lower slot is then used first")
    vectors: str = choice("linear", ("linear", "tanh"), "keys and words: as the controller says, or squashed")
    cosine_epsilon: float = knob(1e-6, 1e-16, 1e-2, "added under the root of both norms of the cosine")
    clip: float = knob(0.0, 0.0, 100.0, "clip what the heads and the output layer receive to -clip..clip; 0 = off")
    outputs: str = choice("bits", ("bits", "classes"), "independent bits, or one class (follows the task's loss)")

    def __post_init__(self) -> None:
        """Raise ConfigError at the first knob out of range."""
        check(self)


_TRAINING = {"optimizer": "adam", "rate": 3e-3, "batch": 8, "chunk": 2, "clip": 1.0, "clip_by": "norm"}
_LESSON = {"N": 32, "W": 16, "hidden": 64, "heads": 1, "written": "own", "strength": "oneplus"}
PRESETS = {
    "lesson": Preset(_LESSON, _TRAINING),
    "paper": Preset({"N": 128, "W": 40, "hidden": 200, "heads": 4}, {**_TRAINING, "rate": 1e-3}),
}


def signals(config: MANNConfig) -> dict[str, Signal]:
    """Name -> meaning of everything `forward` records."""
    slots = ("t", "write", "slot")
    several = config.least_used == "all" and config.heads > 1  # every head writes to several slots
    weighting = "score" if several else "weighting"
    strength = Signal("strength", ("t", "read"), "how sharply the key decides")
    add = Signal("vector", ("t", "write", "word"), "what the head writes")
    return {
        "memory": Signal("memory", ("t", "slot", "word"), "contents after the step"),
        "memory_start": Signal("memory", ("slot", "word"), "contents before step 0"),
        "least_used": Signal(weighting, slots, "the slots used least before the step"),
        "retention": Signal("gate", ("t", "slot"), "0: set to zero before the write; 1: kept"),
        "write_gate": Signal("gate", ("t", "write"), "1: write where it read last; 0: where usage is least"),
        "write_weighting": Signal(weighting, slots, "where the head writes"),
        **({"add": add} if config.written == "own" else {}),
        "read_key": Signal("vector", ("t", "read", "word"), "the word looked for"),
        **({} if config.strength == "none" else {"read_strength": strength}),
        "read_weighting": Signal("weighting", ("t", "read", "slot"), "where the content is: where the head reads"),
        "read_start": Signal("weighting", ("read", "slot"), "read weightings before step 0"),
        "read_vector": Signal("vector", ("t", "read", "word"), "what the head read"),
        "usage": Signal("score", ("t", "slot"), "how much each slot was read and written, lately"),
        "hidden": Signal("hidden", ("t", "hidden"), "what the controller says"),
        **({"cell": Signal("hidden", ("t", "hidden"), "what the LSTM keeps")} if config.controller == "lstm" else {}),
    }
