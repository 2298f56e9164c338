"""What one process has stored, another answers for: the same bits, from files alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from memviz import catalog
from memviz.study.reproductions.persistence import EPISODES, answers, digest, measure, parts, right, run
from memviz.training.recipe import plan


def cell():
    """The reproduction's first training, cut to two updates."""
    (one,) = catalog.reproductions()["persistence"].cells(1)
    return replace(one, recipe={**one.recipe, "until": {"updates": 2}})


def test_a_new_process_answers_bit_for_bit_the_same():
    row = measure(cell(), lambda news: None)
    assert row["same"]
    assert row["answers"] == row["answers_again"]
    assert row["numbers"] > EPISODES


def test_the_answers_depend_on_the_memory_that_is_opened():
    setup = plan(cell().recipe, catalog.models(), catalog.tasks()).setup
    params = {name: block.astype(np.float32) for name, block in setup.initial().items()}
    empty = setup.start_memory(params)
    stored = [run(setup, params, empty, told.inputs)[1]["memory"] for told, _ in parts(setup, 3)]
    assert digest(answers(setup, params, stored, 3)) != digest(answers(setup, params, [empty] * EPISODES, 3))
    swapped = [*stored[1:], stored[0]]
    assert digest(answers(setup, params, stored, 3)) != digest(answers(setup, params, swapped, 3))


def test_right_counts_the_questions_that_the_new_process_was_never_told_about():
    setup = plan(cell().recipe, catalog.models(), catalog.tasks()).setup
    perfect = [ask.targets.reshape(-1) for _, ask in parts(setup, 3)]
    assert right(setup, 3, perfect) == 1
    for told, ask in parts(setup, 3):
        assert not told.mask.any()
        assert ask.mask[0] == 1  # the first key that comes back
    blank = []
    for _, ask in parts(setup, 3):
        old = np.arange(len(ask.mask)) < ask.phases.index("key")
        blank.append(np.where(old[:, None], 1 - ask.targets, ask.targets).reshape(-1))
    assert right(setup, 3, blank) == 0
