from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from memviz.contracts import store
from memviz.contracts.errors import FileError
from memviz.training import checkpoint, memory
from memviz.training.config import OPTIMIZERS
from memviz.training.give import save_memory
from memviz.training.trainer import Trainer
from tests.training import stand_in

RESUME = """
import json, sys
from memviz.training import checkpoint
from memviz.training.trainer import Trainer
from tests.training import stand_in
found = checkpoint.load(sys.argv[1])
setup = found.setup(stand_in.MODEL, stand_in.TASK)
state = found.state(setup)
print(json.dumps(stand_in.losses(Trainer(setup, state.config, state, threads=1), 50)))
"""


def trained(tmp_path, updates=50, **knobs):
    trainer = stand_in.trainer(**knobs)
    stand_in.losses(trainer, updates)
    path = tmp_path / "run.safetensors"
    checkpoint.save(path, trainer.setup, trainer.state)
    return trainer, path


def resumed(path):
    found = checkpoint.load(path)
    setup = found.setup(stand_in.MODEL, stand_in.TASK)
    state = found.state(setup)
    return Trainer(setup, state.config, state, threads=1)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_fifty_updates_saved_and_fifty_more_are_a_hundred_straight(tmp_path, optimizer):
    trainer, path = trained(tmp_path, optimizer=optimizer, rate=0.002)
    other = resumed(path)
    assert stand_in.losses(other, 50) == stand_in.losses(trainer, 50)
    np.testing.assert_array_equal(other.state.params, trainer.state.params)


def test_a_fresh_process_resumes_bit_for_bit(tmp_path):
    trainer, path = trained(tmp_path)
    root = os.fspath(path.cwd())
    environment = {**os.environ, "PYTHONPATH": root}
    done = subprocess.run(
        [sys.executable, "-c", RESUME, path], capture_output=True, text=True, env=environment, cwd=root, check=True
    )
    assert json.loads(done.stdout) == stand_in.losses(trainer, 50)


def test_everything_that_changes_while_training_is_kept(tmp_path):
    trainer = stand_in.trainer(keep=0.1, polish=6000, start=np.ones((3, 8), np.float32))
    trainer.change(memory="carry")
    stand_in.losses(trainer, 500)
    trainer.change(rate=0.001, batch=5)
    stand_in.losses(trainer, 3)
    assert trainer.state.solved is not None
    assert trainer.state.best is not None
    path = tmp_path / "run.safetensors"
    checkpoint.save(path, trainer.setup, trainer.state)
    other = resumed(path)
    assert stand_in.losses(other, 200) == stand_in.losses(trainer, 200)
    for name in ("solved", "exam", "best_exam", "window", "changes", "config", "sequences", "smooth"):
        assert getattr(other.state, name) == getattr(trainer.state, name)
    np.testing.assert_array_equal(other.state.best, trainer.state.best)


def test_a_checkpoint_tells_what_it_is(tmp_path):
    trainer, path = trained(tmp_path)
    header = checkpoint.load(path).header
    assert (header["model"], header["task"], header["seed"]) == ("double", "echo", 0)
    assert header["config"]["model"]["W"] == 8
    assert header["training"]["rate"] == 0.03
    assert header["state"]["update"] == trainer.state.update == 50


def test_a_checkpoint_of_something_else_is_one_clear_error(tmp_path):
    trainer, path = trained(tmp_path)
    found = checkpoint.load(path)
    with pytest.raises(FileError, match="want double on echo"):
        found.setup(replace(stand_in.MODEL, name="other"), stand_in.TASK)
    with pytest.raises(FileError, match="another configuration"):
        found.state(stand_in.setup(W=9))
    for damage in (
        {"state": {}},
        {"training": {"rate": -1}},
        {"training": {"nonsense": 1}},
        {"changes": 5},
        {"changes": [[-3.7, {}]]},
        {"state": {**found.header["state"], "window": None}},
        {"state": []},
    ):
        with pytest.raises(FileError, match="memviz-checkpoint/1"):
            replace(found, header={**found.header, **damage}).state(trainer.setup)
    with pytest.raises(FileError, match="memviz-checkpoint/1"):
        replace(found, header={**found.header, "config": {"model": {"N": 10**9}}}).setup(stand_in.MODEL, stand_in.TASK)
    with pytest.raises(FileError, match="carried memories"):
        replace(found, arrays={**found.arrays, "memory/0": np.zeros((2, 2))}).state(trainer.setup)
    store.write_file(path, checkpoint.FORMAT, {"model": "double"}, {})
    with pytest.raises(FileError, match="in the header"):
        checkpoint.load(path)


@pytest.mark.parametrize("odd", [-1, 0.5, None, float("nan"), "1", True], ids=repr)
@pytest.mark.parametrize("name", ["update", "sequences", "exam"])
def test_a_count_that_is_none_is_refused(tmp_path, name, odd):
    trainer, path = trained(tmp_path, updates=30)
    found = checkpoint.load(path)
    told = dict(found.header["state"])
    exam = {"update": 1, "sequences": 2, "wrong_bits": odd, "bits_per_sequence": 1.0, "nats": 1.0}
    told[name] = exam if name == "exam" else odd
    with pytest.raises(FileError, match="a whole number from 0"):
        replace(found, header={**found.header, "state": told}).state(trainer.setup)


def test_a_polish_that_an_older_build_began_is_begun_anew(tmp_path):
    """It added the wrong bits of both exams up; no later trial compares with that."""
    trainer, path = trained(tmp_path)
    found = checkpoint.load(path)
    best = {"update": 1, "sequences": 2, "wrong_bits": 903, "bits_per_sequence": 1.0, "nats": 1.0}
    arrays = {**found.arrays, **{f"best/{name}": block for name, block in found.blocks("params").items()}}
    for exam, kept in (({**best, "own_wrong": 3}, True), (best, False)):
        header = {**found.header, "state": {**found.header["state"], "best_exam": exam}}
        state = replace(found, header=header, arrays=arrays).state(trainer.setup)
        assert (state.best is not None, state.best_exam is not None) == (kept, kept)


def test_a_header_that_claims_a_huge_network_makes_nothing_of_that_size(tmp_path, monkeypatch):
    trainer, path = trained(tmp_path)
    found = checkpoint.load(path)
    monkeypatch.setattr(type(trainer.setup), "initial", lambda setup: pytest.fail("parameters were drawn"))
    huge = {**found.header["config"], "model": {**found.header["config"]["model"], "W": 60}}
    claimed = replace(found, header={**found.header, "config": huge})
    with pytest.raises(FileError, match="another configuration"):
        claimed.state(claimed.setup(stand_in.MODEL, stand_in.TASK))


def test_a_memory_outlives_its_run(tmp_path):
    trainer = stand_in.trainer(keep=0.9)
    trainer.change(memory="carry")
    stand_in.losses(trainer, 4)
    path = tmp_path / "memory.safetensors"
    save_memory(path, trainer.setup, trainer.state)
    found, header = memory.load(path)
    np.testing.assert_array_equal(found, trainer.state.memory[0][0])
    assert (header["model"], header["update"], header["carried"]) == ("double", 4, True)
    heir = stand_in.trainer(keep=0.9, start=found)
    assert stand_in.losses(heir, 1) != stand_in.losses(stand_in.trainer(keep=0.9), 1)
    with pytest.raises(FileError, match="memviz-memory/1"):
        memory.load(trained(tmp_path)[1])
