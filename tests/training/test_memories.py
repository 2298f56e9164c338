from __future__ import annotations

import os

import numpy as np
import pytest

from memviz.contracts.errors import ConfigError, FileError
from memviz.training import memory
from memviz.training.checkpoint import checkpoint
from memviz.training.give import memory_of
from memviz.training.memories import Memories
from memviz.training.probe import Probe
from tests.training import stand_in
from tests.training.served import RECIPE, at_rest, registry, until

NUMBERS = np.arange(16, dtype=np.float32).reshape(2, 8)
KEEPING = {**RECIPE, "knobs": {"model": {"keep": 0.5}, "training": {"exam_below": 0.05}}}


def test_the_same_memory_has_the_same_id_everywhere_and_another_shape_another(tmp_path):
    one, two = Memories(tmp_path / "a"), Memories(tmp_path / "b")
    id = one.put(NUMBERS, {"model": "double"})
    assert two.put(NUMBERS.astype(np.float64)) == one.put(NUMBERS[:]) == id == memory.id_of(NUMBERS)
    assert two.put(NUMBERS.reshape(4, 4)) != id
    np.testing.assert_array_equal(two.get(id), NUMBERS)


@pytest.mark.parametrize("id", ["", "../../etc/passwd", 7, None, "a" * 63])
def test_what_is_no_id_stays_off_the_disk(tmp_path, id):
    with pytest.raises(ConfigError, match=r"recipe.memory: want the 64 hex digits"):
        Memories(tmp_path).get(id)


def test_an_absent_memory_says_how_to_get_it_and_a_changed_file_is_refused(tmp_path):
    memories = Memories(tmp_path)
    with pytest.raises(ConfigError, match=r"which is not here \(get its file and run memviz train MODEL TASK --memory"):
        memories.get("a" * 64)
    memory.write(tmp_path / "memories" / f"{'a' * 64}.safetensors", NUMBERS, {})
    with pytest.raises(ConfigError, match="got another in"):
        memories.get("a" * 64)


def test_the_memories_used_longest_ago_make_room(tmp_path):
    memories = Memories(tmp_path)
    ids = [memories.put(NUMBERS + i) for i in range(3)]
    paths = [tmp_path / "memories" / f"{id}.safetensors" for id in ids]
    size = sum(path.stat().st_size for path in paths)
    for age, path in enumerate(paths):
        os.utime(path, (1e9 + age, 1e9 + age))
    memories.get(ids[0])  # used now
    small = Memories(tmp_path, limit=size + 10)
    small.put(NUMBERS + 7)
    assert [path.exists() for path in paths] == [True, False, True]


def test_a_saved_memory_is_named_in_the_trace_and_the_checkpoint():
    trainer = stand_in.trainer(start=np.ones((3, 8), np.float32))
    id = memory.id_of(trainer.setup.memory)
    trace = Probe(trainer.setup).trace(trainer.state, trainer.params)
    assert trace.meta["start_memory"] == id
    assert trace.meta["memory"] == {"mode": "reset", "saved": True}
    assert checkpoint(trainer.setup, trainer.state).header["start_memory"] == id
    assert "start_memory" not in stand_in.setup().describe()


def test_a_run_starts_from_a_memory_of_another_run_and_is_found_again(tmp_path):
    server = registry(tmp_path)
    giver = server.create({**KEEPING, "knobs": {**KEEPING["knobs"], "training": {"memory": "carry"}}}, start=False)
    giver.step(5)
    until(giver, lambda status: status["update"] == 5 and at_rest(status))
    given, about = memory_of(giver.setup, giver.state_at(5))
    assert (about["update"], about["carried"], given.shape) == (5, True, (2, 8))
    recipe = {**KEEPING, "memory": server.memories.put(given, about)}
    run, plain = server.create(recipe, start=False), server.create(KEEPING, start=False)
    for one in (run, plain):
        one.step(4)
        until(one, lambda status: status["update"] == 4 and at_rest(status))
    assert not np.array_equal(run.record(4).state.params, plain.record(4).state.params)
    np.testing.assert_array_equal(run.record(4).trace["memory_start"], given)
    server.close()
    for file in (tmp_path / "memories").iterdir():  # the run has its own copy
        file.unlink()
    again = registry(tmp_path)
    found = again.get(run.id)
    np.testing.assert_array_equal(found.record(4).trace["memory_start"], given)
    assert found.recipe == recipe
    with pytest.raises(ConfigError, match="which is not here"):
        again.create(recipe)
    again.close()


def test_a_memory_that_does_not_fit_the_model_is_refused(tmp_path):
    server = registry(tmp_path)
    id = server.memories.put(NUMBERS.reshape(4, 4))
    with pytest.raises(ConfigError, match=r"Setup.memory: want finite numbers of shape \(2, 8\), got \(4, 4\)"):
        server.create({**RECIPE, "memory": id})
    server.close()


def test_a_file_without_a_memory_is_refused(tmp_path):
    memory.write(tmp_path / "odd", np.ones(3, np.float32), {})
    with pytest.raises(FileError, match="slot, word"):
        memory.load(tmp_path / "odd")


def test_a_damaged_file_is_written_anew_when_its_memory_is_kept_again(tmp_path):
    memories = Memories(tmp_path)
    path = tmp_path / "memories" / f"{memories.put(NUMBERS)}.safetensors"
    for damage in (path.read_bytes()[:-5], b""):
        path.write_bytes(damage)
        np.testing.assert_array_equal(memories.get(memories.put(NUMBERS)), NUMBERS)
    memory.write(path, NUMBERS + 1, {})  # another one under its name
    np.testing.assert_array_equal(memories.get(memories.put(NUMBERS)), NUMBERS)
