"""Neural Turing Machine: a controller that reads and writes a memory by content and by location."""

from __future__ import annotations

from memviz.models.ntm.config import PRESETS, NTMConfig, signals
from memviz.models.ntm.parameters import init, start

__all__ = ["PRESETS", "NTMConfig", "init", "signals", "start"]
