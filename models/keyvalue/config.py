"""The settings of a key-value memory: how it is read, written and emptied, and the two presets."""

from __future__ import annotations

from dataclasses import dataclass

from memviz.contracts.errors import ConfigError
from memviz.contracts.knob import Preset, check, choice, knob
from memviz.contracts.signal import Signal
from memviz.ops.policies import RULES


@dataclass(frozen=True)
class KeyValueConfig:
    """Slots that hold a key, a value and what is known of their use."""

    N: int = knob(64, 1, 1024, "slots: entries of the memory")
    W: int = knob(32, 1, 256, "width of keys, queries and values")
    hidden: int = knob(100, 1, 1024, "units of the encoder")
    controller: str = choice(
        "feedforward", ("lstm", "feedforward"), "the encoder: with a state of its own, or without one"
    )
    past: int = knob(1, 0, 8, "inputs of earlier steps that the encoder sees beside this step's")
    feedback: bool = choice(False, (True, False), "the encoder sees what was read a step ago")
    nearest: int = knob(0, 0, 1024, "keys that a read blends: the nearest so many; 0 = all")
    hard: bool = choice(False, (True, False), "read the nearest alone, with no gradient through the lookup")
    strength: str = choice("oneplus", ("softplus", "oneplus"), "key strength: log(1+e^x), or 1 more")
    write: str = choice("always", ("gate", "always"), "a step writes where a learned gate is open, or always")
    update: str = choice(
        "replace",
        ("append", "average", "replace"),
        "on a hit: a slot more, or the value blended into the old one, or key and value in place of the old ones",
    )
    hit: float = knob(0.95, -1.0, 1.0, "a stored key with at least this cosine is a hit")
    rate: float = knob(0.5, 0.0, 1.0, "share of the new value in an average")
    policy: str = choice("lru", RULES, "which slot a full memory gives up, or merge: the two nearest become one")
    policy_seed: int = knob(0, 0, 2**31 - 1, "which chances the policies random and oldest take")
    decay: float = knob(0.95, 0.0, 1.0, "policy fading: the share of a slot's use that a step leaves")
    free: float = knob(0.5, 0.0, 1.0, "policy usage: the free gate, the share of a slot that a full read gives back")
    protect: int = knob(0, 0, 4096, "write protection: from this step on, what was written before it stays; 0 = off")
    protect_share: float = knob(1.0, 0.0, 1.0, "share of the slots, from the lowest on, that can be protected")
    vectors: str = choice("linear", ("tanh", "linear"), "queries, keys and values: squashed, or as the encoder says")
    cosine_epsilon: float = knob(1e-6, 1e-16, 1e-2, "added under the root of both norms of the cosine")
    clip: float = knob(0.0, 0.0, 100.0, "clip what the encoder and the output layer say to -clip..clip; 0 = off")
    outputs: str = choice("bits", ("bits", "classes"), "independent bits, or one class (follows the task's loss)")

    def __post_init__(self) -> None:
        """Raise ConfigError at the first knob out of range, and where Belady's policy cannot know the future."""
        check(self)
        if self.policy == "belady" and self.recurrent:
            how = "feedback" if self.feedback else f"controller={self.controller}"
            raise ConfigError(
                "KeyValueConfig.policy: want belady with queries that follow from the inputs alone, "
                f"got {how} (choose controller=feedforward and feedback=false, or another policy)"
            )

    @property
    def guarded(self) -> int:
        """How many slots can be protected."""
        return round(self.protect_share * self.N)

    @property
    def recurrent(self) -> bool:
        """Whether a step's query depends on the steps before by more than their inputs."""
        return self.controller == "lstm" or self.feedback


_TRAINING = {"optimizer": "adam", "rate": 3e-3, "batch": 8, "chunk": 2, "clip": 1.0, "clip_by": "norm"}
_LESSON = {"N": 8, "W": 16, "hidden": 32}  # fewer slots than an episode has steps: something is given up
PRESETS = {
    "lesson": Preset(_LESSON, _TRAINING),
    "paper": Preset({"N": 128, "W": 32, "hidden": 100, "nearest": 8}, {**_TRAINING, "rate": 1e-3}),
}


def _of_slots(config: KeyValueConfig) -> dict[str, Signal]:
    """What is recorded of every slot where a knob asks for it."""
    dims = ("t", "slot")
    share = Signal("usage", dims, "how much of the slot is in use: 1 when it is written, less with every read")
    total = Signal("score", dims, "reads and writes of the slot, fading")
    told = {"usage": share, "fading": total}.get(config.policy)
    safe = Signal("score", dims, "1: the step may not overwrite the slot; 2: and it would have")
    return {**({"usage": told} if told else {}), **({"protected": safe} if config.protect else {})}


def signals(config: KeyValueConfig) -> dict[str, Signal]:
    """Name -> meaning of everything `forward` records."""
    gate = Signal("gate", ("t", "write"), "above 0.5 the step writes, and the value is scaled by it")
    strength = Signal("strength", ("t", "read"), "how sharply the query decides")
    return {
        "memory": Signal("memory", ("t", "slot", "word"), "stored values after the step"),
        "memory_start": Signal("memory", ("slot", "word"), "stored values before step 0"),
        "memory_keys": Signal("memory", ("t", "slot", "word"), "stored keys after the step"),
        "memory_keys_start": Signal("memory", ("slot", "word"), "stored keys before step 0"),
        "item": Signal("vector", ("t", "slot"), "which write, counted from 0, filled the slot; -1: free"),
        "item_start": Signal("vector", ("slot",), "the same before step 0"),
        "age": Signal("score", ("t", "slot"), "steps since the slot was last written or read"),
        "count": Signal("score", ("t", "slot"), "how often the slot was the one read most since it was filled"),
        **_of_slots(config),
        "read_key": Signal("vector", ("t", "read", "word"), "the query: the key looked for"),
        **({} if config.hard else {"read_strength": strength}),
        "read_weighting": Signal("weighting", ("t", "read", "slot"), "how much each slot's value is read"),
        "read_vector": Signal("vector", ("t", "read", "word"), "the value read, before the step's write"),
        "write_key": Signal("vector", ("t", "write", "word"), "the key that the step offers"),
        "add": Signal("vector", ("t", "write", "word"), "the value that the step offers"),
        **({"write_gate": gate} if config.write == "gate" else {}),
        "write_weighting": Signal("weighting", ("t", "write", "slot"), "1 at the slot that the step writes"),
        "hidden": Signal("hidden", ("t", "hidden"), "what the encoder says"),
        **({"cell": Signal("hidden", ("t", "hidden"), "what the LSTM keeps")} if config.controller == "lstm" else {}),
    }
