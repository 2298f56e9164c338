"""The NTM's settings: every switch where papers and implementations differ, and the two presets."""

from __future__ import annotations

from dataclasses import dataclass

from memviz.contracts.knob import Preset, check, choice, knob
from memviz.contracts.signal import Signal


@dataclass(frozen=True)
class NTMConfig:
    """A Neural Turing Machine (Graves et al. 2014) and the choices it leaves open."""

    N: int = knob(128, 1, 1024, "slots: rows of the memory")
    W: int = knob(20, 1, 256, "word width: numbers in one slot")
    hidden: int = knob(100, 1, 1024, "units of the controller")
    read_heads: int = knob(1, 1, 8, "heads that read")
    write_heads: int = knob(1, 1, 8, "heads that erase and add; they write one after the other")
    controller: str = choice("lstm", ("lstm", "feedforward"), "the controller: with a state of its own, or without")
    memory: str = choice(
        "constant",
        ("constant", "learned", "random"),
        "memory before step 0: every number memory_value, or trained, or random numbers that stay the same; "
        "constant learns fastest (Collier & Beel 2018)",
    )
    memory_value: float = knob(1e-6, -1.0, 1.0, "the number a constant memory starts from")
    memory_scale: float = knob(0.1, 0.0, 2.0, "standard deviation of a random memory, and of a learned one at first")
    memory_seed: int = knob(0, 0, 2**31 - 1, "which random memory")
    start: str = choice(
        "learned",
        ("learned", "one-hot", "uniform"),
        "weightings before step 0: trained (at first nearly all on slot 0), or exactly slot 0, or all slots alike. "
        "All slots alike over a memory of identical rows can never learn: no step tells two slots apart, so they "
        "stay equal for ever, exactly; combine uniform with a learned or random memory",
    )
    start_logit: float = knob(5.0, 0.0, 20.0, "learned start: the logit of slot 0 at first, the others 0")
    start_noise: float = knob(0.0, 0.0, 2.0, "learned start: standard deviation of random numbers added to the logits")
    read_order: str = choice(
        "previous", ("previous", "written"), "a read sees the memory before this step's write, or after it"
    )
    shift_range: int = knob(1, 0, 4, "a head shifts its weighting by -range..range slots")
    vectors: str = choice("linear", ("linear", "tanh"), "keys and add vectors: as the controller says, or squashed")
    strength: str = choice("softplus", ("softplus", "oneplus"), "key strength: log(1+e^x), >= 0, or 1 more: >= 1")
    cosine_epsilon: float = knob(1e-12, 1e-16, 1e-2, "added under the root of both norms of the cosine")
    sharpen_tiny: float = knob(1e-6, 1e-12, 1e-2, "added to a weighting before its logarithm is taken")
    clip: float = knob(0.0, 0.0, 100.0, "clip what the heads and the output layer receive to -clip..clip; 0 = off")
    outputs: str = choice("bits", ("bits", "classes"), "independent bits, or one class (follows the task's loss)")

    def __post_init__(self) -> None:
        """Raise ConfigError at the first knob out of range."""
        check(self)


_TRAINING = {"optimizer": "adam", "rate": 3e-3, "batch": 8, "chunk": 2, "clip": 1.0, "clip_by": "norm"}
PRESETS = {
    "lesson": Preset({"N": 32, "W": 12, "hidden": 64}, _TRAINING),
    "paper": Preset({"N": 128, "W": 20, "hidden": 100}, _TRAINING),
}


def _head_signals(head: str) -> dict[str, Signal]:
    """What one kind of head emits, in the order in which it addresses."""
    slots = ("t", head, "slot")
    return {
        f"{head}_key": Signal("vector", ("t", head, "word"), "the word looked for"),
        f"{head}_strength": Signal("strength", ("t", head), "how sharply the key decides"),
        f"{head}_gate": Signal("gate", ("t", head), "1: go where the content is; 0: stay at the last weighting"),
        f"{head}_shift": Signal("distribution", ("t", head, "shift"), "how far to move; the middle is 0 slots"),
        f"{head}_sharpness": Signal("strength", ("t", head), "power that sharpens the weighting, >= 1"),
        f"{head}_content": Signal("weighting", slots, "stage 1: where the content is"),
        f"{head}_interpolated": Signal("weighting", slots, "stage 2: blended with the last weighting"),
        f"{head}_shifted": Signal("weighting", slots, "stage 3: moved by the shift"),
        f"{head}_weighting": Signal("weighting", slots, f"stage 4: sharpened; where the head {head}s"),
    }


def signals(config: NTMConfig) -> dict[str, Signal]:
    """Name -> meaning of everything `forward` records."""
    return {
        "memory": Signal("memory", ("t", "slot", "word"), "contents after the step"),
        "memory_start": Signal("memory", ("slot", "word"), "contents before step 0"),
        "write_start": Signal("weighting", ("write", "slot"), "write weightings before step 0"),
        "read_start": Signal("weighting", ("read", "slot"), "read weightings before step 0"),
        **_head_signals("write"),
        "erase": Signal("gate", ("t", "write", "word"), "share of each number that the write removes"),
        "add": Signal("vector", ("t", "write", "word"), "what the write adds"),
        **_head_signals("read"),
        "read_vector": Signal("vector", ("t", "read", "word"), "what the head read"),
        "hidden": Signal("hidden", ("t", "hidden"), "what the controller says"),
        **({"cell": Signal("hidden", ("t", "hidden"), "what the LSTM keeps")} if config.controller == "lstm" else {}),
    }
