"""What ships with the memory-augmented network: how it copies can be read off its memory."""

from __future__ import annotations

import numpy as np

from memviz.contracts.places import asset
from memviz.contracts.trace import Trace


def test_in_the_recorded_episode_words_go_to_the_least_used_slots_and_are_read_there():
    trace = Trace.load(asset("recorded") / "mann-copy-lesson.safetensors")
    written, read = (trace[f"{side}_weighting"][:, 0] for side in ("write", "read"))
    assert trace.findings == ()
    np.testing.assert_array_equal(written[:8].argmax(-1), range(8))
    np.testing.assert_array_equal(read[9:].argmax(-1), range(8))
    assert read[9:].max(-1).min() > 0.9
    assert trace["write_gate"][:8].max() < 0.1
