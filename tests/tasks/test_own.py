"""Your own data: whatever the bytes, they are data that can be learned from or one FileError."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from memviz.contracts.errors import ConfigError, FileError
from memviz.contracts.knob import from_dict, knobs, to_dict
from memviz.tasks.own import TASK, door
from memviz.tasks.own.config import OwnConfig
from memviz.tasks.own.data import example, load, path_of
from memviz.training.settings import parse_settings

LAX = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("MEMVIZ_HOME", str(tmp_path / "home"))
    load.cache_clear()
    yield tmp_path
    load.cache_clear()


def pack(**members):
    file = io.BytesIO()
    np.savez(file, **members)
    return file.getvalue()


def sound(S=10, T=4, X=3, Y=2):
    rng = np.random.default_rng(S)
    mask = rng.integers(0, 2, (S, T))
    mask[:, -1] = 1
    return {"inputs": rng.normal(size=(S, T, X)), "targets": rng.random((S, T, Y)), "mask": mask}


def test_a_file_becomes_a_task_under_the_hash_of_what_it_holds(home):
    data, file = sound(), home / "mine.npz"
    np.savez(file, **data)
    typed = parse_settings([f"data={file}"], {"task": OwnConfig})["task"]
    config = from_dict(OwnConfig, typed)
    assert (TASK.widths(config), TASK.steps(config)) == ((3, 2), 4)
    file.unlink()  # the data folder has it now
    load.cache_clear()
    np.testing.assert_array_equal(load(config.data).inputs, data["inputs"].astype("f4"))
    assert from_dict(OwnConfig, to_dict(config)) == config
    assert door.keep(config.data) == config.data
    np.savez_compressed(file, **{name: data[name] for name in reversed(data)})
    assert door.keep(str(file)) == config.data  # the same numbers, packed otherwise


def test_exams_and_watched_episodes_are_of_sequences_that_training_never_takes():
    config = OwnConfig(door.keep(pack(**sound(50))))
    data = load(config.data)
    assert (len(data.trained), len(data.held)) == (40, 10)
    assert set(data.trained) | set(data.held) == set(range(50))
    rows = {data.inputs[s].tobytes(): s for s in range(50)}
    X, Y = TASK.widths(config)
    inputs, targets, mask = np.empty((4, 3, X), "f4"), np.empty((4, 3, Y), "f4"), np.empty((4, 3), "f4")
    trained = set()
    for key in range(200):
        assert TASK.sample_batch(config, key, inputs, targets, mask) == 4
        for c in range(3):
            s = rows[np.ascontiguousarray(inputs[:, c]).tobytes()]
            np.testing.assert_array_equal(targets[:, c], data.targets[s])
            np.testing.assert_array_equal(mask[:, c], data.mask[s])
            trained.add(s)
    assert trained == set(data.trained)
    exam = TASK.exam(config, np.random.default_rng(0))
    sequences = np.concatenate([np.swapaxes(chunk.inputs, 0, 1) for chunk in exam])
    examined = {rows[sequence.tobytes()] for sequence in sequences}
    assert examined == set(data.held)
    watched = TASK.sample(config, np.random.default_rng(0))
    assert rows[np.ascontiguousarray(watched.inputs).tobytes()] in examined
    assert watched.phases == tuple("asked" if asked else "shown" for asked in watched.mask)


def test_an_exam_is_at_most_a_hundred_sequences():
    config = OwnConfig(door.keep(pack(**sound(700))))
    assert sum(chunk.inputs.shape[1] for chunk in TASK.exam(config, np.random.default_rng(0))) == 100


def test_two_sequences_are_enough_and_a_mask_may_be_left_out():
    data = sound(2)
    del data["mask"]
    config = OwnConfig(door.keep(pack(**data)))
    assert (len(load(config.data).trained), len(load(config.data).held)) == (1, 1)
    assert TASK.chance(config) == {"bits_per_sequence": 8.0, "wrong_bits": 4.0}


def test_the_example_repeats_what_was_said_three_steps_ago():
    data = example()
    for s in range(5):
        for t in range(12):
            assert data["mask"][s, t] == (t >= 3)
            np.testing.assert_array_equal(data["targets"][s, t], data["inputs"][s, t - 3] if t >= 3 else [0, 0])
    assert TASK.chance(OwnConfig()) == {"bits_per_sequence": 18.0, "wrong_bits": 9.0}


def test_targets_between_0_and_1_are_scored_by_cross_entropy():
    config = OwnConfig(door.keep(pack(inputs=np.zeros((4, 1, 1)), targets=np.full((4, 1, 1), 0.25))))
    episode = TASK.sample(config, np.random.default_rng(0))
    entropy = -(0.25 * np.log2(0.25) + 0.75 * np.log2(0.75))
    said = TASK.score(np.full((1, 1), 0.25), episode)
    assert said == {"bits_per_sequence": pytest.approx(entropy), "wrong_bits": 0}
    assert TASK.score(np.full((1, 1), 0.75), episode)["wrong_bits"] == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"targets": None}, "want inputs, targets and perhaps mask, got inputs, mask"),
        ({"more": np.zeros(3)}, "4 arrays, where at most 3 are read"),
        ({"inputs": np.zeros((10, 4))}, r"want inputs \(S, T, X\)"),
        ({"targets": np.zeros((10, 5, 2))}, r"want inputs \(S, T, X\)"),
        ({"mask": np.ones((9, 4))}, r"want inputs \(S, T, X\)"),
        ({"inputs": np.full((10, 4, 3), np.nan)}, "finite inputs"),
        ({"inputs": np.full((10, 4, 3), 1e300)}, "finite inputs"),
        ({"targets": np.full((10, 4, 2), 2)}, r"targets in \[0, 1\], got 2\.\.2"),
        ({"targets": np.full((10, 4, 2), -0.1)}, r"targets in \[0, 1\]"),
        ({"mask": np.full((10, 4), 0.5)}, "a mask of 0 and 1"),
        ({"mask": np.eye(10, 4)}, "an answer in every sequence, got none in sequence 4"),
        ({"inputs": np.array([[["a"]]])}, "want an npz file of arrays"),
        ({"inputs": np.array([{}], dtype=object)}, "want an npz file of arrays"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(change, message):
    members = {name: array for name, array in {**sound(), **change}.items() if array is not None}
    with pytest.raises(FileError, match=message):
        door.keep(pack(**members))
    assert not any(path_of("x").parent.iterdir())  # nothing was kept


@pytest.mark.parametrize("shape", [(1, 4), (3, 2001)])
def test_too_few_sequences_or_too_many_steps_are_refused(shape):
    with pytest.raises(FileError, match="sequences of at most 2000 steps"):
        door.keep(pack(inputs=np.zeros((*shape, 1)), targets=np.zeros((*shape, 1))))


def test_a_file_that_is_too_large_or_not_there_is_refused(home):
    (home / "big.npz").write_bytes(b"\0" * 10)
    with (home / "big.npz").open("r+b") as file:
        file.truncate((64 << 20) + 1)
    for name in ("big.npz", "none.npz", "."):
        with pytest.raises(FileError):
            door.keep(str(home / name))


def test_a_small_file_that_unpacks_to_a_large_one_is_refused():
    file = io.BytesIO()
    np.savez_compressed(file, inputs=np.zeros((1000, 100, 100)), targets=np.zeros((1000, 100, 1)))
    assert len(file.getvalue()) < 1 << 20
    with pytest.raises(FileError, match="bytes"):
        door.keep(file.getvalue())


@given(st.binary(max_size=200))
@LAX
def test_any_bytes_are_refused_in_one_way(blob):
    with pytest.raises(FileError):
        door.keep(blob)


@given(st.integers(0, 10**6), st.integers(0, 255), st.booleans())
@LAX
def test_a_damaged_file_is_refused_or_still_data_to_learn_from(at, byte, cut):
    blob = bytearray(pack(**sound()))
    at %= len(blob)
    blob[at] = byte
    try:
        name = door.keep(bytes(blob[:at] if cut else blob))
    except FileError:
        return
    assert TASK.steps(OwnConfig(name)) == 4


SHAPES = arrays.array_shapes(min_dims=1, max_dims=3, max_side=4)
ANY = arrays.arrays(st.sampled_from(["<f8", "<f4", "<i8", "|b1"]), SHAPES)


@given(ANY, ANY, st.none() | ANY)
@LAX
def test_any_arrays_are_refused_or_kept_as_they_are(inputs, targets, mask):
    members = {"inputs": inputs, "targets": targets} | ({} if mask is None else {"mask": mask})
    try:
        name = door.keep(pack(**members))
    except FileError:
        return
    data = load(name)
    np.testing.assert_array_equal(data.inputs, inputs.astype("f4"))
    assert np.isfinite(data.inputs).all()
    assert 0 <= data.targets.min() <= data.targets.max() <= 1
    assert TASK.exam(OwnConfig(name), np.random.default_rng(0))


@pytest.mark.parametrize("value", ["../../etc/passwd", "mine.npz", "ABCDEF" * 6, "", 3, None, "example\n"])
def test_a_link_or_a_file_header_names_data_only_by_their_hash(value):
    with pytest.raises(ConfigError, match=r"OwnConfig\.data: want text like"):
        from_dict(OwnConfig, {"data": value})


def test_data_that_are_not_here_say_how_to_bring_them():
    with pytest.raises(FileError, match=r"give the npz again: --set data=FILE\.npz"):
        OwnConfig("0" * 32)


def test_data_that_were_changed_on_disk_are_refused():
    name, other = door.keep(pack(**sound(10))), door.keep(pack(**sound(11)))
    path_of(name).write_bytes(path_of(other).read_bytes())
    load.cache_clear()
    with pytest.raises(FileError, match="got others"):
        OwnConfig(name)
    assert door.keep(pack(**sound(10))) == name  # handed in again, they are mended
    assert len(load(OwnConfig(name).data).inputs) == 10


def test_only_the_steps_the_data_have_can_be_asked_for():
    assert len(TASK.sample(OwnConfig(), np.random.default_rng(0), length=12).mask) == 12
    with pytest.raises(ConfigError, match=r"own\.sample: want 12 steps"):
        TASK.sample(OwnConfig(), np.random.default_rng(0), length=13)


def test_the_knob_says_what_it_wants():
    assert knobs(OwnConfig)["data"].doc == "an npz of inputs, targets and mask"
