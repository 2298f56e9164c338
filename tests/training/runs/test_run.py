"""Commands that lie in the mailbox together: what is checked and counted is what the run will come to."""

from __future__ import annotations

import threading
import time

import pytest

from memviz.contracts.errors import ConfigError
from memviz.training.config import Until
from memviz.training.runs.hooks import Hooks
from memviz.training.runs.run import Run
from tests.training import stand_in


def run(**given):
    """A run whose thread never looks: `look` does in its place."""
    made = Run("x", stand_in.engine(**given))
    made._driver._thread = threading.current_thread()
    return made


def look(made):
    """Carry out what lies in the mailbox, then train until it rests, or a few turns."""
    for command in made._engine.mailbox.take():
        command()
    stand_in.work(made._engine, turns=20)
    return made._engine.trainer.state


def test_a_knob_is_checked_with_those_that_are_not_set_yet():
    seen = []

    def room(setup, configs):
        before, config = configs  # what it is now counts too: a divergence puts it back
        assert before.batch == made._engine.trainer.state.config.batch
        seen.append((config.batch, config.memory))
        if config.batch > 100 and config.memory == "carry":
            raise ConfigError("too much")

    made = run(hooks=Hooks(reserve=room))
    made.set(batch=1024)
    with pytest.raises(ConfigError, match="too much"):
        made.set(memory="carry")
    assert seen == [(1024, "reset"), (1024, "carry")]
    made.set(batch=9)  # takes the place of 1024
    made.set(memory="carry")
    assert seen[-1] == (9, "carry")
    config = look(made).config
    assert (config.batch, config.memory) == (9, "carry")
    made.set(batch=200, memory="reset")
    assert seen[-1] == (200, "reset")


def test_a_knob_that_was_refused_is_not_waited_for():
    made = run()
    made.set(rate=0.5)
    with pytest.raises(ConfigError):
        made.set(batch=-1)
    assert look(made).config.rate == 0.5
    made.set(batch=4)
    assert look(made).config == stand_in.config(rate=0.5, batch=4)
    assert not made._pending


@pytest.mark.parametrize(
    "other", [lambda made: made.resume(), lambda made: made.until("updates", 0), lambda made: made.pause()]
)
def test_steps_that_another_command_took_the_place_of_are_not_made_later(other):
    made = run(goal=Until(False, updates=3))
    made.step(5)
    other(made)
    before = look(made).update
    assert before in (0, 3)
    made.step(1)
    assert look(made).update == before + 1


def test_steps_after_a_pause_that_was_not_carried_out_are_made_once():
    made = run()
    made.step(5)
    made.pause()
    made.step(1)
    made.step(1)
    assert look(made).update == 2


def test_a_step_pressed_while_the_last_one_is_taken_up_is_made_once():
    made = run()
    made.step()
    taken = list(made._engine.mailbox.take())
    made.step()
    for command in taken:
        command()  # counts both
    assert look(made).update == 2


def test_a_run_is_busy_until_it_has_done_what_it_was_told():
    made, seen = run(), []
    step = made._engine.step
    made._engine.step = lambda n: [seen.append(made.busy), step(n)]
    made.step()
    look(made)
    assert seen == [True]
    assert not made.busy


def test_a_run_that_comes_to_rest_is_busy_until_it_is_saved_and_not_when_it_says_so():
    seen = []
    made = run(hooks=Hooks(save=lambda state, message: seen.append((f"saved {state}", made.busy))))
    made.subscribe(lambda kind: seen.append((made.status()["state"], made.busy)))
    for rest, begin in (("finished", lambda: made.until("updates", 3)), ("paused", made.resume)):
        begin()
        look(made)
        made.pause()
        look(made)
        *before, last = seen[seen.index((f"saved {rest}", True)) :]
        assert last == (rest, False)
        assert all(busy for _, busy in before)


def test_a_run_goes_on_by_the_last_that_it_was_told():
    made = run()
    assert not made.going
    for tell, goes in ((made.resume, True), (made.pause, False), (lambda: made.branch(0), True), (made.pause, False)):
        tell()
        assert made.going is goes
    made.speed(100)
    assert not made.going


def test_a_run_makes_traces_only_while_somebody_is_ready_for_one_and_says_when():
    made = run(clock=stand_in.StillClock(tick=0.002))
    made.subscribe(lambda kind: None)
    look(made)
    made.wants(False)
    before = made.latest()
    made.resume()
    look(made)
    assert made.latest() == before
    made.wants(True)
    began = time.time()
    made._engine.turn()
    assert made.latest()[0] == before[0] + 1
    assert made.shown >= began


def test_a_run_that_was_closed_refuses_commands_and_can_still_be_looked_at():
    made = Run("x", stand_in.engine())
    made.close()
    for command in (made.resume, made.pause, made.step, made.rewind, lambda: made.set(rate=0.5)):
        with pytest.raises(ConfigError, match="want a run in memory"):
            command()
    leave = made.subscribe(lambda kind: None)
    made.gradients(True)
    leave()
    assert not made.busy
