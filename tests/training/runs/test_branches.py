from __future__ import annotations

import numpy as np

from memviz.training.runs.branches import Branches
from memviz.training.runs.history import History, size_of
from tests.training import stand_in


def trained(updates=8, **limits):
    """Branches of a trainer that recorded every update, and the trainer."""
    trainer = stand_in.trainer()
    branches = Branches.first(trainer.setup, trainer.state, **limits)
    go_on(trainer, branches, updates)
    return trainer, branches


def go_on(trainer, branches, updates):
    for _ in range(updates):
        progress = trainer.advance()
        branches.now.history.curve.add(progress.update, progress.metrics)
        branches.keep(trainer.state)


def leave_for(trainer, branches, update, of=None):
    state = branches.leave_for(update, of, trainer.state)
    trainer.restore(state, branches.now.setup)


def test_branches_share_the_records_before_they_part():
    trainer, branches = trained()
    leave_for(trainer, branches, 4)
    first, second = branches.every
    assert (second.parent, second.at, second.history.updates) == (0, 4, [0, 1, 2, 3, 4])
    assert second.history.state(3) is first.history.state(3)
    assert branches.bytes == 9 * size_of(trainer.state)
    go_on(trainer, branches, 2)
    assert branches.bytes == 11 * size_of(trainer.state)
    assert len(first.history.curve) == 8
    assert len(second.history.curve) == 6


def test_there_are_only_so_many_branches_and_the_one_visited_longest_ago_goes():
    trainer, branches = trained(most=3)
    for update in (2, 3, 4):
        leave_for(trainer, branches, update, of=0 if update < 4 else 1)
        go_on(trainer, branches, 3)
    assert [branch.id for branch in branches.every] == [1, 2, 3]  # 0 was left first
    leave_for(trainer, branches, branches.find(1).last, of=1)
    leave_for(trainer, branches, 0)
    go_on(trainer, branches, 1)
    assert [branch.id for branch in branches.every] == [1, 3, 5]


def test_the_records_of_all_branches_together_are_bounded():
    size = size_of(stand_in.trainer().state)
    trainer, branches = trained(limit=14 * size)
    for update in (1, 2, 3):
        leave_for(trainer, branches, update)
        go_on(trainer, branches, 4)
        assert branches.bytes <= 14 * size
    assert branches.now.at == 3
    assert len(branches.every) < 4


def test_another_seed_begins_a_branch_without_a_parent_and_the_same_one_with_it():
    trainer, branches = trained()
    for seed in (0, 5):
        present = trainer.state
        trainer.begin(trainer.setup.reseeded(seed))
        branches.begin(trainer.setup, trainer.state, present)
        go_on(trainer, branches, 2)
    assert [(branch.parent, branch.setup.seed) for branch in branches.every] == [(None, 0), (0, 0), (None, 5)]
    leave_for(trainer, branches, 2, of=1)
    assert trainer.setup.seed == 0
    np.testing.assert_array_equal(trainer.state.params, branches.find(0).history.state(2).params)


def test_the_epoch_grows_when_the_branch_it_stands_for_is_there(monkeypatch):
    trainer, branches = trained()
    seen, keep = [], History.keep

    def look(*given):
        seen.append((branches.epoch, branches.now.id))
        keep(*given)

    monkeypatch.setattr(History, "keep", look)
    branches.begin(trainer.setup.reseeded(9), trainer.state, trainer.state)
    assert seen == [(0, 0), (0, 0)]  # a reader would take the curve of 0 for that of 1
    assert (branches.epoch, branches.now.id) == (1, 1)
    assert branches.now.history.kept[0].epoch == 1
