"""A key-value memory outlives its process, and is edited by hand: the answer changes at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from memviz.contracts.errors import ConfigError, FileError
from memviz.models.keyvalue import MODEL, store
from memviz.models.keyvalue.config import KeyValueConfig
from memviz.tasks import recall
from memviz.training import memory as training_memory
from memviz.training.probe import record
from memviz.training.setup import Setup

X, Y, T, W = 3, 2, 7, 4
CONFIG = KeyValueConfig(N=6, W=W, hidden=5, update="append")
ANSWER = """
import sys
import numpy as np
sys.path.insert(0, {folder!r})
from test_keyvalue_store import answer, store, CONFIG
sys.stdout.write(answer(store.load(sys.argv[1], CONFIG)).tobytes().hex())
"""


def network():
    return MODEL.init(CONFIG, X, Y, np.random.default_rng(1))


def answer(memory, seed=9):
    """What the network says to a new episode, starting from a store."""
    params = network()
    inputs = np.random.default_rng(seed).integers(0, 2, (T, X)).astype(float)
    return MODEL.forward(CONFIG, params, MODEL.start(CONFIG, params) | {"memory": memory}, inputs, None)[0]


def learned():
    """The store after an episode."""
    params = network()
    inputs = np.random.default_rng(2).integers(0, 2, (4, X)).astype(float)
    return MODEL.forward(CONFIG, params, MODEL.start(CONFIG, params), inputs, None)[1]["memory"]


def test_a_saved_store_answers_the_same_in_a_new_process(tmp_path):
    path = tmp_path / "store.safetensors"
    store.save(path, CONFIG, learned())
    code = ANSWER.format(folder=str(Path(__file__).parent))
    run = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert bytes.fromhex(run.stdout) == answer(learned()).tobytes()
    empty = MODEL.start(CONFIG, network())["memory"]
    assert not np.array_equal(answer(learned()), answer(empty))


def test_training_reads_the_same_file(tmp_path):
    path = tmp_path / "store.safetensors"
    store.save(path, CONFIG, learned())
    memory, header = training_memory.load(path)
    np.testing.assert_array_equal(memory, learned())
    assert header["model"]["name"] == "keyvalue"


def test_training_starts_from_a_saved_store():
    task = recall.TASK
    task_config = task.config(keys=4, values=2, low=1, high=2)
    settings = KeyValueConfig(N=6, W=W, hidden=5, outputs="classes")
    params = MODEL.init(settings, *task.widths(task_config), np.random.default_rng(1))
    setup = Setup(MODEL, task, settings, task_config, memory=learned())
    trace = record(setup, params, task.sample(task_config, np.random.default_rng(2)))
    np.testing.assert_array_equal(trace.arrays["memory_keys_start"], learned()[:, W : 2 * W])
    assert trace.events[0].name == "read"


def test_an_edited_entry_changes_the_answer_at_once():
    memory = learned()
    before, first = answer(memory), store.entries(memory)[0]
    changed = store.change(memory, first.slot, value=first.value + 1)
    assert np.abs(answer(changed) - before).max() > 1e-3
    np.testing.assert_array_equal(answer(memory), before)
    np.testing.assert_array_equal(answer(store.change(changed, first.slot, value=first.value)), before)


def test_an_added_entry_is_found_and_a_deleted_one_is_gone():
    memory, key, value = learned(), np.array([1.0, -2, 3, 0.5]), np.array([9.0, 9, 9, 9])
    more = store.add(memory, key, value)
    assert len(store.entries(more)) == len(store.entries(memory)) + 1
    new = store.entries(more)[-1]
    assert new.item == 1 + max(entry.item for entry in store.entries(memory))
    assert store.find(more, key, 3)[0] == (new.slot, pytest.approx(1.0))
    assert np.abs(answer(more) - answer(memory)).max() > 1e-3
    np.testing.assert_array_equal(answer(store.delete(more, new.slot)), answer(memory))


def test_what_cannot_be_is_refused(tmp_path):
    memory = learned()
    free = int(np.flatnonzero(memory[:, 2 * W] < 0)[0])
    for refused in (
        lambda: store.delete(memory, free),
        lambda: store.change(memory, 99, value=np.zeros(W)),
        lambda: store.change(memory, 0, value=np.zeros(W + 1)),
        lambda: store.change(memory, 0, key=np.full(W, np.nan)),
    ):
        with pytest.raises(ConfigError, match="want"):
            refused()
    for _ in range(CONFIG.N - len(store.entries(memory))):
        memory = store.add(memory, np.ones(W), np.ones(W))
    with pytest.raises(ConfigError, match="want a free slot"):
        store.add(memory, np.ones(W), np.ones(W))
    store.save(tmp_path / "store", CONFIG, memory)
    with pytest.raises(FileError, match="same N and W"):
        store.load(tmp_path / "store", KeyValueConfig(N=7, W=W))


def test_an_empty_store_finds_nothing():
    assert store.find(MODEL.start(CONFIG, network())["memory"], np.ones(W), 4) == []
