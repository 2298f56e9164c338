"""The DNC's settings: every switch where papers and implementations differ, and the two presets."""

from __future__ import annotations

from dataclasses import dataclass

from memviz.contracts.knob import Preset, check, choice, knob
from memviz.contracts.signal import Signal

MOST_SLOTS_SHOWN = 64  # a trace holds the links (t, slot, slot) up to here: a few times what it holds of the memory


@dataclass(frozen=True)
class DNCConfig:
    """A Differentiable Neural Computer (Graves et al. 2016), its later corrections, and the choices it leaves open."""

    N: int = knob(32, 1, 1024, "slots: rows of the memory")
    W: int = knob(16, 1, 256, "word width: numbers in one slot")
    hidden: int = knob(100, 1, 1024, "units of the controller, in every layer")
    layers: int = knob(1, 1, 8, "layers of the controller: each sees input, reads, its own past and the layer below")
    read_heads: int = knob(4, 1, 8, "heads that read; one head writes")
    controller: str = choice("lstm", ("lstm", "feedforward"), "the controller: with a state of its own, or without")
    links: bool = choice(True, (False, True), "remember in which order slots were written, and read along it")
    masked: bool = choice(
        False, (False, True), "keys say which numbers of a word count (Csordas & Schmidhuber 2019: masked content)"
    )
    mask_least: float = knob(0.0, 0.0, 1.0, "masked: how much every number counts at least")
    deallocate: bool = choice(
        False, (False, True), "what is freed loses its contents too (Csordas & Schmidhuber 2019: de-allocation)"
    )
    sharpen_links: bool = choice(
        False,
        (False, True),
        "forward and backward weightings are sharpened, as much as the controller says (Csordas & Schmidhuber 2019)",
    )
    link_epsilon: float = knob(1e-6, 1e-12, 1e-2, "sharpen_links: added to a weighting before its logarithm")
    memory: str = choice(
        "constant",
        ("constant", "learned", "random"),
        "memory before step 0: every number memory_value, or trained, or random numbers that stay the same",
    )
    memory_value: float = knob(0.0, -1.0, 1.0, "the number a constant memory starts from")
    memory_scale: float = knob(0.1, 0.0, 2.0, "standard deviation of a random memory, and of a learned one at first")
    memory_seed: int = knob(0, 0, 2**31 - 1, "which random memory")
    start: str = choice(
        "zero", ("zero", "uniform", "learned"), "weightings before step 0: nowhere, all slots alike, or trained"
    )
    vectors: str = choice("linear", ("linear", "tanh"), "keys and add vectors: as the controller says, or squashed")
    strength: str = choice("oneplus", ("oneplus", "softplus"), "key strength: 1 + log(1+e^x), >= 1, or 1 less: >= 0")
    usage_gradient: str = choice(
        "full",
        ("detached", "full"),
        "whether learning sees that a write changes later usage (detached: not, as in google-deepmind/dnc)",
    )
    usage_epsilon: float = knob(1e-6, 0.0, 1e-2, "usage counts as at least so much when slots are allocated")
    cosine: str = choice(
        "inside", ("inside", "denominator"), "cosine_epsilon is added under both roots, or to the product of the norms"
    )
    cosine_epsilon: float = knob(1e-6, 1e-16, 1e-2, "keeps the cosine of an empty slot finite")
    clip: float = knob(20.0, 0.0, 100.0, "clip what the controller says to the memory to -clip..clip; 0 = off")
    outputs: str = choice("bits", ("bits", "classes"), "independent bits, or one class (follows the task's loss)")

    def __post_init__(self) -> None:
        """Raise ConfigError at the first knob out of range."""
        check(self)


_TRAINING = {"optimizer": "adam", "rate": 3e-3, "batch": 8, "chunk": 2, "clip": 1.0, "clip_by": "norm"}
PRESETS = {
    "lesson": Preset({"N": 16, "W": 12, "hidden": 64, "read_heads": 2}, _TRAINING),
    "paper": Preset({"N": 32, "W": 16, "hidden": 100, "read_heads": 4}, _TRAINING),
}


def signals(config: DNCConfig) -> dict[str, Signal]:
    """Name -> meaning of everything `forward` records, in the order in which it is computed."""
    return {
        "memory": Signal("memory", ("t", "slot", "word"), "contents after the step"),
        "memory_start": Signal("memory", ("slot", "word"), "contents before step 0"),
        "write_start": Signal("weighting", ("write", "slot"), "write weighting before step 0"),
        "read_start": Signal("weighting", ("read", "slot"), "read weightings before step 0"),
        **_room(config),
        **_write(config),
        **_read(config),
        "read_vector": Signal("vector", ("t", "read", "word"), "what the head read"),
        "hidden": Signal("hidden", ("t", "hidden"), "what the controller says"),
        **({"cell": Signal("hidden", ("t", "hidden"), "what the LSTM keeps")} if config.controller == "lstm" else {}),
    }


def _room(config: DNCConfig) -> dict[str, Signal]:
    """Which slots are free."""
    return {
        "free_gate": Signal("gate", ("t", "read"), "1: what the head read at the last step is no longer needed"),
        "retention": Signal("gate", ("t", "slot"), "share of the slot that the free gates leave in use"),
        "usage": Signal("usage", ("t", "slot"), "how much of the slot is in use"),
    }


def _write(config: DNCConfig) -> dict[str, Signal]:
    """What the write head is told, and where it writes."""
    number, slots, words = ("t", "write"), ("t", "write", "slot"), ("t", "write", "word")
    mask = {"write_mask": Signal("gate", words, "which numbers of a word count")}
    order = {
        "precedence": Signal("weighting", slots, "which slot was written last"),
        "link": Signal("link", ("t", "slot", "slot"), "how surely the row's slot was written right after the column's"),
    }
    if config.N > MOST_SLOTS_SHOWN:
        del order["link"]
    return {
        "write_key": Signal("vector", words, "the word looked for"),
        "write_strength": Signal("strength", number, "how sharply the key decides"),
        **(mask if config.masked else {}),
        "allocation_gate": Signal("gate", number, "1: write where there is room; 0: where the content is"),
        "write_gate": Signal("gate", number, "0: do not write at all"),
        **(order if config.links else {}),
        "allocation": Signal("weighting", slots, "where there is room: the least used slot first"),
        "write_content": Signal("weighting", slots, "where the content is"),
        "write_weighting": Signal("weighting", slots, "where the head writes"),
        "erase": Signal("gate", words, "share of each number that the write removes"),
        "add": Signal("vector", words, "what the write adds"),
    }


def _read(config: DNCConfig) -> dict[str, Signal]:
    """What the read heads are told, and where they read."""
    number, slots, words = ("t", "read"), ("t", "read", "slot"), ("t", "read", "word")
    found = {
        "read_key": Signal("vector", words, "the word looked for"),
        "read_strength": Signal("strength", number, "how sharply the key decides"),
    }
    if config.masked:
        found["read_mask"] = Signal("gate", words, "which numbers of a word count")
    if config.links:
        found["read_mode"] = Signal("distribution", (*number, "mode"), "backward, by content, forward")
    if config.links and config.sharpen_links:
        found["forward_sharpness"] = Signal("strength", number, "power that sharpens the forward weighting, >= 1")
        found["backward_sharpness"] = Signal("strength", number, "power that sharpens the backward weighting, >= 1")
    if config.links:
        found["backward"] = Signal("weighting", slots, "what was written before what the head read last")
    found["read_content"] = Signal("weighting", slots, "where the content is")
    if config.links:
        found["forward"] = Signal("weighting", slots, "what was written after what the head read last")
    found["read_weighting"] = Signal("weighting", slots, "where the head reads")
    return found
