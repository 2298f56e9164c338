"""What the n-grams' two metrics are when nothing is known. Right answers cost bits too: compare with bound.py."""

from __future__ import annotations

from collections.abc import Mapping

from memviz.tasks.ngrams.config import NGramsConfig
from memviz.tasks.scores import unknown_bits


def chance(config: NGramsConfig) -> Mapping[str, float]:
    """The metrics of a network that knows nothing: one bit a bit, half of them wrong."""
    return unknown_bits(config.length - 1)
