"""What ships with the DNC: weights that copy without a mistake, and an episode that follows the links."""

from __future__ import annotations

import pytest

from memviz import catalog
from memviz.contracts.places import find
from memviz.contracts.trace import Trace
from memviz.training import checkpoint
from memviz.training.exam import Examiner


@pytest.mark.parametrize("name", ["lesson", "paper"])
def test_the_weights_that_ship_copy_without_a_mistake(name):
    shipped = checkpoint.load(find(f"models/dnc/weights/{name}.safetensors"))
    setup = shipped.setup(catalog.models()["dnc"], catalog.tasks()["copy"])
    state = shipped.state(setup)
    taken = Examiner(setup).take(setup.layout.views(state.params), state.update, None)
    assert taken.wrong_bits == 0


def test_the_recorded_episode_follows_the_links():
    trace = Trace.load(find("assets/recorded/dnc-copy-lesson.safetensors"))
    assert trace.findings == ()
    assert trace.signals["link"].dims == ("t", "slot", "slot")
    answers = [t for t, mask in enumerate(trace["mask"]) if mask]
    assert trace["read_mode"][answers[1:], :, 2].min() > 0.9  # forward, from the second word on
