"""What the DNC's config decides for its kernels: their options, what stands in for blocks, how many links are kept.

The links (N, N) of every step would outweigh all else, so they are never all kept where that takes much room: the
steps are cut into segments of S, S about the root of T; `kept` holds the links at the beginning of each segment, and
`link` those of one segment, computed once more when the backward comes to it.
"""

from __future__ import annotations

import math

import numpy as np

from memviz.contracts.model import Arrays
from memviz.models.dnc.config import MOST_SLOTS_SHOWN, DNCConfig
from memviz.models.dnc.layout import Options
from memviz.models.dnc.parameters import fixed_weighting, zeros
from memviz.ops.blocks import fixed_memory

MOST_LINKS = 1 << 18  # numbers (a megabyte of float32): more links than this are not all kept


def segment(config: DNCConfig, T: int, C: int, record: bool) -> int:
    """Steps between two links kept: all T where that takes little room or a trace shows them, else about its root."""
    shown = record and config.N <= MOST_SLOTS_SHOWN
    return T if shown or T * C * config.N**2 <= MOST_LINKS or not config.links else math.ceil(math.sqrt(T))


def options(config: DNCConfig) -> Options:
    """The choices of a config."""
    return Options(
        lstm=config.controller == "lstm",
        learned_start=config.start == "learned",
        learned_memory=config.memory == "learned",
        links=config.links,
        masked=config.masked,
        outside=config.cosine == "denominator",
        deallocate=config.deallocate,
        sharpen=config.links and config.sharpen_links,
        tanh=config.vectors == "tanh",
        oneplus=config.strength == "oneplus",
        full=config.usage_gradient == "full",
        classes=config.outputs == "classes",
        mask_least=config.mask_least,
        link_epsilon=config.link_epsilon,
        usage_epsilon=config.usage_epsilon,
        cosine_epsilon=config.cosine_epsilon,
        clip=config.clip,
    )


def fixed_blocks(config: DNCConfig) -> Arrays:
    """What stands in for the parameters that some configs lack, or all."""
    return {
        "read_start_logits": fixed_weighting(config, config.read_heads),
        "write_start_logits": fixed_weighting(config, 1),
        "memory_start": fixed_memory(config),
        **dict.fromkeys(("hidden_start", "cell_start"), np.zeros(0)),
        "deeper": np.zeros((0, 0, 0)),
        **{f"{name}_start": value for name, value in zeros(config).items()},
    }
