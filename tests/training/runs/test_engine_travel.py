"""Back to an earlier update: rewinds, other seeds and branches."""

from __future__ import annotations

import numpy as np

from memviz.training.config import Until
from memviz.training.runs import travel
from memviz.training.runs.admission import Places
from memviz.training.runs.hooks import Hooks
from memviz.training.runs.status import status
from tests.training import stand_in
from tests.training.stand_in import work


def test_training_from_the_record_where_the_goal_was_met_goes_on():
    engine = stand_in.engine(goal=Until(False, updates=4))
    engine.go()
    work(engine)
    assert 4 in engine.history.updates
    travel.branch(engine, 4)
    work(engine, turns=5)
    assert engine.active
    assert engine.trainer.state.update > 4


def test_rewind_repeats_the_same_run_and_reseed_another():
    engine = stand_in.engine(goal=Until(False, updates=8))
    engine.go()
    work(engine)
    first = engine.history.curve.columns()["loss"]
    travel.begin_again(engine)
    assert (engine.state, engine.trainer.state.update, engine.history.updates) == ("idle", 0, [0])
    engine.go()
    work(engine)
    np.testing.assert_array_equal(engine.history.curve.columns()["loss"], first)
    travel.begin_again(engine, seed=9)
    engine.go()
    work(engine)
    assert engine.trainer.setup.seed == 9
    assert not np.array_equal(engine.history.curve.columns()["loss"], first)
    assert engine.branches.epoch == 2


def test_a_branch_trains_on_from_a_record_and_keeps_what_came_after():
    engine = stand_in.engine(goal=Until(False, updates=16))
    engine.go()
    work(engine)
    straight = engine.history.curve.columns()
    travel.branch(engine, 8)
    engine.change({"rate": 0.3})
    assert engine.active
    work(engine)
    branched = engine.history.curve.columns()
    np.testing.assert_array_equal(branched["update"], straight["update"])
    np.testing.assert_array_equal(branched["loss"][:9], straight["loss"][:9])
    assert not np.array_equal(branched["loss"], straight["loss"])
    assert engine.trainer.state.changes == [(8, {"rate": 0.3})]
    old = engine.branches.find(0)
    np.testing.assert_array_equal(old.history.curve.columns()["loss"], straight["loss"])
    assert old.last == 16


def test_a_branch_keeps_the_knobs_as_they_are_now_and_logs_it_or_takes_those_of_the_record():
    engine = stand_in.engine(goal=Until(False, updates=8))
    engine.go()
    work(engine)
    straight = engine.trainer.state.params.copy()
    engine.change({"rate": 0.3, "batch": 4})
    travel.branch(engine, 4)
    assert engine.trainer.state.changes == [(4, {"rate": 0.3, "batch": 4})]
    work(engine)
    assert not np.array_equal(engine.trainer.state.params, straight)
    travel.branch(engine, 4, of=0, as_recorded=True)
    assert status(engine)["knobs"]["rate"] == 0.03
    work(engine)
    np.testing.assert_array_equal(engine.trainer.state.params, straight)


def test_any_record_of_any_branch_can_be_gone_back_to_while_it_trains():
    engine = stand_in.engine()
    engine.go()
    engine.turn()
    reached = engine.trainer.state.update
    travel.branch(engine, 2)
    engine.turn()
    travel.branch(engine, 3)
    engine.turn()
    travel.branch(engine, reached, of=0)  # where the first ended: it goes on
    told = status(engine)
    assert told["branch"] == 0
    assert [(one["id"], one["parent"], one["at"]) for one in told["branches"]] == [(0, None, 0), (1, 0, 2), (2, 1, 3)]
    engine.turn()
    assert engine.trainer.state.update > reached
    np.testing.assert_array_equal(
        engine.history.curve.columns()["update"], np.arange(1, engine.trainer.state.update + 1)
    )


def test_a_branch_that_was_not_trained_on_leaves_nothing_behind():
    engine = stand_in.engine(goal=Until(False, updates=8))
    engine.go()
    work(engine)
    travel.branch(engine, 4)
    engine.rest("paused")
    travel.branch(engine, 2, of=0)
    engine.rest("paused")
    travel.begin_again(engine)
    travel.begin_again(engine, seed=7)
    assert [one["id"] for one in status(engine)["branches"]] == [0, 4]


def test_a_branch_that_waits_in_line_shows_the_update_it_begins_at():
    line = Places(1)
    engine, other = (stand_in.engine(goal=Until(False, updates=8), hooks=Hooks(line=line)) for _ in range(2))
    engine.publisher.subscribe(lambda kind: None)
    engine.go()
    work(engine)
    other.go()
    travel.branch(engine, 4)
    engine.turn()
    assert engine.state == "waiting"
    assert engine.publisher.latest[1].meta["update"] == status(engine)["update"] == 4
