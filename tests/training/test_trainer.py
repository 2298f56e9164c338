from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

from memviz.contracts.errors import ConfigError, DivergedError
from memviz.training.config import Until
from memviz.training.loop import complete, drive, train
from memviz.training.state import Exam, Solved, Window
from memviz.training.trainer import Trainer
from tests.training import stand_in


def fixed(count):
    """A pace that never measures."""
    return type("Fixed", (), {"choose": lambda self: count, "note": lambda self, seconds, work: None})()


@pytest.mark.parametrize("batch", [6, 7, 1])
def test_one_thread_and_two_give_the_same_bits(batch):
    found = []
    for threads in (1, 2):
        trainer = stand_in.trainer(batch=batch, lanes=3)
        trainer._pace = fixed(threads)
        found.append((stand_in.losses(trainer, 40), trainer.state.params.copy()))
        trainer.close()
    assert found[0][0] == found[1][0]
    np.testing.assert_array_equal(found[0][1], found[1][1])


def test_two_trainers_in_two_threads_give_what_each_gives_alone():
    alone = [stand_in.losses(stand_in.trainer(seed), 60) for seed in (1, 2)]
    together = [None, None]

    def work(i):
        together[i] = stand_in.losses(stand_in.trainer(i + 1), 60)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone


def test_same_seed_same_losses_and_another_seed_others():
    one, same, other = (stand_in.losses(stand_in.trainer(seed), 5) for seed in (3, 3, 4))
    assert one == same
    assert one != other


def test_a_copied_state_trains_on_bit_for_bit():
    straight = stand_in.trainer()
    stand_in.losses(straight, 20)
    copy = straight.state.copy()
    wanted = stand_in.losses(straight, 20)
    again = Trainer(straight.setup, copy.config, copy, threads=1)
    assert stand_in.losses(again, 20) == wanted
    straight.restore(copy)
    assert stand_in.losses(straight, 20) == wanted


def test_training_solves_and_says_when():
    progress = list(train(stand_in.MODEL, stand_in.TASK, *configs(), stand_in.config(), 0, until=Until(updates=2000)))
    last = progress[-1]
    assert last.exam is not None
    assert last.exam.passed
    assert last.update < 2000
    assert last.metrics["bits_per_sequence"] < 3.0 < progress[0].metrics["bits_per_sequence"]
    assert [p.update for p in progress] == list(range(1, last.update + 1))
    assert last.sequences == 6 * last.update


def configs():
    return stand_in.DoubleConfig(), stand_in.EchoConfig()


def test_a_budget_stops_it():
    trainer = stand_in.trainer()
    assert len(list(drive(trainer, Until(solved=False, updates=7)))) == 7
    assert len(list(drive(trainer, Until(solved=False, updates=9)))) == 2
    assert list(drive(trainer, Until(solved=False, seconds=trainer.state.seconds / 2))) == []


def test_a_change_applies_before_its_update_and_is_logged():
    changes = [(5, {"rate": 0.001}), (8, {"batch": 3})]
    scripted, by_hand = stand_in.trainer(), stand_in.trainer()
    wanted = [p.metrics for p in drive(scripted, Until(False, 12), changes)]
    got = [by_hand.advance().metrics for _ in range(5)]
    by_hand.change(rate=0.001)
    got += [by_hand.advance().metrics for _ in range(3)]
    by_hand.change(batch=3)
    got += [by_hand.advance().metrics for _ in range(4)]
    assert got == wanted
    assert by_hand.state.changes == scripted.state.changes == changes
    assert by_hand.state.sequences == 8 * 6 + 4 * 3


def test_a_refused_change_changes_nothing():
    trainer = stand_in.trainer()
    for bad in ({"rate": -1}, {"batch": 2.5}, {"optimizer": "adam"}, {"rate": float("nan")}):
        with pytest.raises(ConfigError):
            trainer.change(**bad)
    assert trainer.state.config == stand_in.config()
    assert trainer.state.changes == []


def test_divergence_stops_with_a_reason_and_the_last_good_state():
    trainer = stand_in.trainer(rate=10.0, clip=0.0, optimizer="rmsprop_torch", keep=2.0)
    good = trainer.state.copy()
    with pytest.raises(DivergedError, match=r"update \d+; the state after update 0 is kept \(try a rate of 2.5"):
        stand_in.losses(trainer, 300)
    assert trainer.state.update == 0
    np.testing.assert_array_equal(trainer.state.params, good.params)


def test_a_gradient_that_is_not_finite_names_its_block_and_keeps_the_last_good_state():
    trainer = stand_in.trainer()
    stand_in.losses(trainer, 45)
    broken = trainer.setup.model.gradient

    def poison(config, params, chunk, scale, grads, scratch, memory):
        result = broken(config, params, chunk, scale, grads, scratch, memory)
        grads["bias"][0] = np.nan
        return result

    model = replace(trainer.setup.model, gradient=poison)
    poisoned = Trainer(replace(trainer.setup, model=model), trainer.state.config, trainer.state, threads=1)
    with pytest.raises(DivergedError, match="not finite in bias at update 46"):
        poisoned.advance()
    assert poisoned.state.update == 45
    np.testing.assert_array_equal(poisoned.state.params, trainer.state.params)
    assert not poisoned.lanes.sums.any()


def test_the_state_put_back_is_from_before_the_loss_began_to_explode():
    trainer = stand_in.trainer(exam_every=30, exam_below=0.0)  # a look every 5 updates
    stand_in.losses(trainer, 12)
    trainer.params["bias"][:] = -15.0  # about 7 nats an answer: the running mean needs some updates to show it
    trainer.state.config = replace(trainer.state.config, rate=1e-7)
    with pytest.raises(DivergedError, match="the state after update 5 is kept"):
        stand_in.losses(trainer, 200)
    assert trainer.state.update == 5  # the look before 10; at 15 and 20 the loss was above chance already
    assert stand_in.losses(trainer, 1)[0] < 1


@pytest.mark.parametrize("knob", [{"batch": 7}, {"memory": "carry"}])
def test_a_change_while_the_loss_explodes_makes_no_good_state_of_it(knob):
    trainer = stand_in.trainer(exam_every=30, exam_below=0.0)
    stand_in.losses(trainer, 12)
    trainer.params["bias"][:] = -15.0
    trainer.state.config = replace(trainer.state.config, rate=1e-7)
    stand_in.losses(trainer, 5)
    trainer.change(**knob)
    with pytest.raises(DivergedError, match="the state after update 5 is kept"):
        stand_in.losses(trainer, 200)
    assert (trainer.state.update, trainer.state.changes) == (5, [])
    assert stand_in.losses(trainer, 1)[0] < 1


def test_polishing_goes_on_after_solved_and_keeps_the_best_state():
    polish = 600
    trainer = stand_in.trainer(polish=polish)
    exams = [p.exam for p in drive(trainer, Until(updates=3000)) if p.exam is not None]
    solved = trainer.state.solved
    assert solved is not None
    assert trainer.state.sequences == solved.sequences + polish
    since = [exam for exam in exams if exam.update >= solved.update]
    assert len(since) >= polish // 120
    best = min((exam.wrong_bits, exam.nats) for exam in since)
    assert (trainer.exam().wrong_bits, trainer.state.update) == (best[0], solved.update + polish // 6)
    assert trainer.state.best is None


def test_carried_memory_outlives_the_episode_and_reset_memory_does_not():
    carrying = stand_in.trainer(keep=0.9)
    carrying.change(memory="carry")
    assert [memory.shape for memory in carrying.state.memory] == [(2, 3, 8)] * 3
    carrying.advance()
    assert not np.array_equal(carrying.state.memory[0], carrying.setup.start_memory(carrying.params)[None].repeat(2, 0))
    first = carrying.state.memory[0].copy()
    carrying.advance()
    assert not np.array_equal(first, carrying.state.memory[0])
    carrying.change(memory="reset")
    assert carrying.state.memory == []


def test_a_saved_memory_is_where_every_episode_starts():
    memory = np.full((3, 8), 5.0, np.float32)
    fresh, saved = stand_in.trainer(keep=0.9), stand_in.trainer(keep=0.9, start=memory)
    assert stand_in.losses(fresh, 3) != stand_in.losses(saved, 3)
    assert (saved.setup.memory == 5).all()
    with pytest.raises(ConfigError, match="shape"):
        stand_in.setup(memory=np.zeros((2, 2), np.float32))


def test_the_two_halves_of_an_update_are_the_whole():
    whole, halves = stand_in.trainer(), stand_in.trainer()
    metrics = whole.advance().metrics
    loss = halves.gradient()
    norms = dict(halves.block_norms())
    assert halves.apply() == metrics
    assert loss == metrics["loss"]
    assert set(norms) == {"A", "B", "bias", "memory_start"}
    assert sum(norm**2 for norm in norms.values()) == pytest.approx(metrics["norm"] ** 2, rel=1e-5)


def test_while_polishing_the_best_state_is_chosen_by_the_harder_exam():
    trainer = stand_in.trainer(polish=600)
    harder = replace(trainer.setup.task, stretch=lambda config: replace(config, steps=40))
    trainer = Trainer(replace(trainer.setup, task=harder), trainer.state.config, threads=1)
    while trainer.state.best_exam is None:
        trainer.advance()
    assert trainer.state.best_exam.bits_per_sequence > 3 * trainer.state.exam.bits_per_sequence  # 40 steps, not 5
    list(drive(trainer, Until()))
    assert trainer.state.best is None
    assert trainer.exam().passed


class Scripted:
    """An examiner that was told what every exam comes to: wrong bits, in order."""

    def __init__(self, *wrong):
        self._wrong = list(wrong)

    def take(self, params, update, memory=None, chunks=None):
        return Exam(update, 10, self._wrong.pop(0), 1.0, 0.5)


@pytest.mark.parametrize(
    ("own", "hard", "kept"),
    [((0, 3), (1000, 900), 0), ((3, 0), (900, 1000), 1), ((0, 0), (1000, 900), 1), ((2, 2), (7, 8), 0)],
)
def test_while_polishing_one_wrong_bit_of_the_exam_outweighs_all_of_the_harder_one(own, hard, kept):
    trainer = stand_in.trainer(polish=600)
    state, judge = trainer.state, trainer._judge
    judge._examiner, judge._stretch = Scripted(*own), Scripted(*hard)
    state.solved = Solved(0, 0, 0.0)
    for update in range(2):
        state.update, state.window = update, Window(0.0, 1.0, 0)
        state.params[:] = update
        judge.look(state, trainer.params)
    assert state.best_exam.update == kept
    assert (state.best == kept).all()


def test_a_budget_that_ends_a_polish_ends_with_the_best_state():
    trainer = stand_in.trainer(polish=10**6)
    found = list(complete(trainer, Until(updates=400)))
    assert trainer.state.solved is not None
    assert not trainer.polished()
    assert found[-1].update == trainer.state.update == 400
    assert trainer.state.best is None
    assert trainer.state.exam.update == 400
    best = min(
        (p.exam for p in found if p.exam and p.update >= trainer.state.solved.update), key=lambda e: e.wrong_bits
    )
    assert trainer.state.exam.wrong_bits <= best.wrong_bits


def test_whoever_goes_on_later_finds_a_polish_as_if_it_had_never_stopped():
    straight, stopped = stand_in.trainer(polish=3000), stand_in.trainer(polish=3000)
    list(complete(straight, Until()))
    news = complete(stopped, Until())
    while stopped.state.best is None:
        next(news)
    news.close()  # as an interrupt does
    assert stopped.state.best is not None
    list(drive(stopped, Until(updates=stopped.state.update + 7)))  # as single steps do
    again = Trainer(stopped.setup, stopped.state.config, stopped.state, threads=1)
    list(complete(again, Until()))
    assert again.state.update == straight.state.update
    np.testing.assert_array_equal(again.state.params, straight.state.params)
