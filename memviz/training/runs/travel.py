"""Back to an earlier update: by a rewind, another seed, or a branch at a record. What came after it is kept.

The live knobs (rate, batch, clip, memory) stay as the person has set them: with those of the record a branch would
only repeat the old future, bit for bit. They are logged as a change at that update, so a recipe rebuilds the branch.
"""

from __future__ import annotations

from memviz.training.config import LIVE
from memviz.training.probe import Probe
from memviz.training.runs.engine import Engine


def begin_again(engine: Engine, seed: int | None = None) -> None:
    """Back to update 0: the same initial weights, or those of another seed; the settings stay as they are."""
    trainer, present = engine.trainer, engine.trainer.state
    trainer.begin(trainer.setup if seed is None else trainer.setup.reseeded(seed))
    engine.branches.begin(trainer.setup, trainer.state, present)
    engine.probe = Probe(trainer.setup)
    if engine.active:
        engine.go(engine.first_goal)
    else:
        engine.goal = engine.first_goal
        engine.say("idle")
        engine.save()
    engine.show()


def branch(engine: Engine, update: int, of: int | None = None, as_recorded: bool = False) -> None:
    """Train on from a record of a branch (None: the present one). `as_recorded`: also with the record's live knobs."""
    trainer, branches = engine.trainer, engine.branches
    present = {name: getattr(trainer.state.config, name) for name in LIVE}
    state = branches.leave_for(update, of, trainer.state)
    if state is None:  # thinned out since it was asked for
        return
    if branches.now.setup is not trainer.setup:
        engine.probe = Probe(branches.now.setup)
    trainer.restore(state, branches.now.setup)
    if not as_recorded:
        trainer.change(**present)
    engine.take_over()
    engine.goal = engine.first_goal
    engine.go()
    engine.show()
