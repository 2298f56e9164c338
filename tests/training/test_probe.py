from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from memviz.contracts.trace import Trace
from memviz.training.probe import Probe, probe_episode
from tests.training import stand_in


def test_a_probe_is_the_same_episode_at_every_update():
    trainer = stand_in.trainer()
    probe = Probe(trainer.setup)
    before = probe.trace(trainer.state, trainer.params)
    stand_in.losses(trainer, 300)
    after = probe.trace(trainer.state, trainer.params)
    for name in ("input", "target", "mask"):
        np.testing.assert_array_equal(before[name], after[name])
    assert not np.array_equal(before["output"], after["output"])
    assert before.meta["scores"]["wrong_bits"] > after.meta["scores"]["wrong_bits"]


def test_a_trace_says_where_it_comes_from():
    trainer = stand_in.trainer(seed=7)
    stand_in.losses(trainer, 3)
    trace = Probe(trainer.setup).trace(trainer.state, trainer.params)
    meta = trace.meta
    assert (meta["model"], meta["task"], meta["seed"], meta["update"]) == ("double", "echo", 7, 3)
    assert meta["config"]["task"] == {"width": 4, "steps": 5}
    assert meta["training"]["rate"] == 0.03
    assert meta["memory"] == {"mode": "reset", "saved": False}
    assert len(meta["phases"]) == trace.steps
    assert trace.findings == ()
    assert Trace.from_bytes(trace.to_bytes()).meta == dict(meta)


def test_errors_count_only_where_an_answer_is_wanted():
    trainer = stand_in.trainer()
    probe = Probe(trainer.setup)
    mask = probe.episode.mask.copy()
    mask[0] = 0
    probe.episode = replace(probe.episode, mask=mask)
    trace = probe.trace(trainer.state, trainer.params)
    assert (trace["error"][0] == 0).all()
    np.testing.assert_allclose(trace["error"][1:], (trace["target"] - trace["output"])[1:])


def test_the_strongest_write_and_read_of_every_step_are_events():
    trainer = stand_in.trainer()
    trace = Probe(trainer.setup).trace(trainer.state, trainer.params)
    for name in ("write", "read"):
        events = [event for event in trace.events if event.name == name]
        assert [event.t for event in events] == list(range(trace.steps))
        assert {(event.slot, event.head) for event in events} == {(0, f"{name}.0")}


def test_gradients_come_on_request_and_are_the_derivatives_of_the_loss():
    trainer = stand_in.trainer(keep=0.8)
    probe = Probe(trainer.setup)
    plain = probe.trace(trainer.state, trainer.params)
    rich = probe.trace(trainer.state, trainer.params, gradients=True)
    assert {name for name in rich.arrays if name not in plain.arrays} == {"d_memory", "d_memory_start"}
    assert rich.signals["d_memory"].kind == "gradient"
    assert rich.signals["d_memory"].derived == "memory"

    # memory_start enters as a parameter, so its gradient is that of the mean loss of this episode
    def loss(start):
        params = {**{n: a.astype(float) for n, a in trainer.params.items()}, "memory_start": start}
        outputs = stand_in.forward(trainer.setup.model_config, params, {"memory": start}, probe.episode.inputs)[0]
        right = np.where(probe.episode.targets > 0.5, outputs, 1 - outputs)
        return -np.log(right).mean()

    start, step = trainer.params["memory_start"].astype(float), np.zeros((3, 8))
    step[1, 2] = 1e-5
    slope = (loss(start + step) - loss(start - step)) / 2e-5
    assert rich["d_memory_start"][1, 2] == pytest.approx(slope, rel=1e-4)


def test_a_step_that_is_not_finite_cuts_the_trace_with_an_event():
    trainer = stand_in.trainer(keep=2.0)
    probe = Probe(trainer.setup, length=60)
    trainer.params["A"][:] = 1e37
    with np.errstate(over="ignore", invalid="ignore"):
        trace = probe.trace(trainer.state, trainer.params)
    assert trace.steps < 60
    assert trace.events[-1].name == "cut"
    assert "not finite" in trace.events[-1].text


def test_the_probe_is_long_enough_to_see_something_and_can_be_longer():
    setup = stand_in.setup(steps=40)
    drawn = probe_episode(setup.task, setup.task_config, 0)
    assert len(drawn.mask) > 20
    assert len(probe_episode(setup.task, setup.task_config, 0, length=64).mask) == 64


def test_a_carried_memory_is_where_the_probe_starts():
    trainer = stand_in.trainer(keep=0.9, memory="carry")
    stand_in.losses(trainer, 3)
    trace = Probe(trainer.setup).trace(trainer.state, trainer.params)
    np.testing.assert_array_equal(trace["memory_start"], trainer.state.memory[0][0])
    assert trace.meta["memory"]["mode"] == "carry"
