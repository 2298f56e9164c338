"""A file gives back what went in, to the bit; any other bytes give one FileError and no large allocation."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import struct
import tracemalloc

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import example, given, settings
from hypothesis import strategies as st

from memviz.contracts import store
from memviz.contracts.errors import FileError
from memviz.contracts.tensors import NUMPY_NAMES
from tests.contracts.strategies import bits, metas, same_bits

KIND = "memviz-memory/1"
array_names = st.from_regex(r"[A-Za-z0-9_]+([./:-][A-Za-z0-9_]+)?", fullmatch=True).filter(lambda n: len(n) < 40)


@st.composite
def named_arrays(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    shapes = st.lists(st.integers(0, 3), max_size=4).map(tuple)
    found = draw(st.dictionaries(array_names, st.tuples(st.sampled_from(NUMPY_NAMES), shapes), max_size=4))
    return {name: bits(rng, *each) for name, each in found.items()}


def small() -> bytes:
    arrays = {"memory": np.arange(6, dtype="f4").reshape(2, 3), "on": np.array([True, False])}
    return store.pack(KIND, {"meta": {"model": "any"}}, arrays)


def forge(outer: dict | str, data: bytes = b"", seal: bool = True) -> bytes:
    """A file with this safetensors header, its checksum put right, as an attacker would."""
    text = outer if isinstance(outer, str) else json.dumps(outer, separators=(",", ":"))
    head = text.encode("utf-8", "surrogatepass")
    blob = struct.pack("<Q", len(head)) + head + data
    return blob.replace(b"0" * 64, hashlib.sha256(blob).hexdigest().encode(), 1) if seal else blob


def outer(inner: dict | str | None = None, **entries) -> dict:
    header = {"sha256": store.ZEROS, "format": KIND, "arrays": list(entries)}
    text = inner if isinstance(inner, str) else json.dumps(header | (inner or {}), separators=(",", ":"))
    return {"__metadata__": {"memviz": text}, **entries}


def entry(dtype="F32", shape=(1,), offsets=(0, 4)) -> dict:
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


@settings(max_examples=200)
@given(metas, named_arrays())
def test_anything_round_trips_in_order_and_to_the_bit(meta, arrays):
    blob = store.pack(KIND, {"meta": meta}, arrays)
    header, back = store.unpack(blob, (KIND,))
    assert header["meta"] == meta
    assert header["format"] == KIND == store.format_of(blob)
    assert list(back) == list(arrays)
    assert all(same_bits(back[name], arrays[name]) and back[name].flags.writeable for name in arrays)
    assert store.pack(KIND, {"meta": meta}, arrays) == blob
    assert safetensors.numpy.load(blob).keys() == arrays.keys()  # and the library agrees that it is a file of its own


def test_big_endian_and_strided_arrays_keep_their_values():
    array = np.arange(12, dtype=">f8").reshape(3, 4)[:, ::-2]
    _, back = store.unpack(store.pack(KIND, {}, {"a": array}), (KIND,))
    np.testing.assert_array_equal(back["a"], array)


def test_what_was_read_can_be_written_as_it_was():
    header, arrays = store.unpack(small(), (KIND,))
    assert store.pack(KIND, header, arrays) == small()


def test_a_forged_file_that_is_right_is_read():
    header, arrays = store.unpack(forge(outer(a=entry()), b"\0\0\x80?"), (KIND,))
    assert arrays["a"] == np.float32([1.0])
    assert header["arrays"] == ["a"]


def test_every_flipped_bit_is_found():
    blob = small()
    for place in range(len(blob)):
        for bit in (1, 16, 128):
            damaged = bytearray(blob)
            damaged[place] ^= bit
            with pytest.raises(FileError):
                store.unpack(bytes(damaged), (KIND,))


def test_every_truncation_and_every_addition_is_found():
    blob = small()
    for end in range(len(blob)):
        with pytest.raises(FileError):
            store.unpack(blob[:end], (KIND,))
    with pytest.raises(FileError):
        store.unpack(blob + b"\0", (KIND,))


@settings(max_examples=300)
@given(st.binary(max_size=200), st.booleans())
@example(b"", False)
def test_any_bytes_give_a_file_error(data, framed):
    blob = struct.pack("<Q", len(data)) + data if framed else data
    with pytest.raises(FileError):
        store.unpack(blob, (KIND,))


json_like = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
entries = st.fixed_dictionaries(
    {
        "dtype": st.sampled_from(["F32", "F64", "BOOL", "BF16", "f4"]) | json_like,
        "shape": st.lists(st.integers(-1, 2**64), max_size=3) | json_like,
        "data_offsets": st.lists(st.integers(-1, 2**64), max_size=3) | json_like,
    }
)


@settings(max_examples=300)
@given(
    json_like,
    st.dictionaries(array_names | st.text(max_size=5), entries | json_like, max_size=2),
    st.binary(max_size=9),
)
def test_any_sealed_header_gives_arrays_or_a_file_error(inner, found, data):
    inner = inner if isinstance(inner, dict) else {"x": inner}
    with contextlib.suppress(FileError):
        store.unpack(forge(outer(inner) | found, data), (KIND,))


HOSTILE = {
    "header longer than the file": struct.pack("<Q", 1 << 62) + b"{}",
    "header larger than allowed": struct.pack("<Q", 5 << 20) + b" " * (5 << 20),
    "offsets outside": forge(outer(a=entry(shape=(1 << 40,), offsets=(0, 4 << 40))), b"\0" * 4),
    "offsets overlap": forge(outer(a=entry(), b=entry()), b"\0" * 4),
    "offsets backwards": forge(outer(a=entry(offsets=(4, 0))), b"\0" * 4),
    "offsets negative": forge(outer(a=entry(offsets=(-4, 0))), b"\0" * 4),
    "a hole": forge(outer(a=entry(offsets=(4, 8))), b"\0" * 8),
    "bytes left over": forge(outer(a=entry()), b"\0" * 8),
    "shape against offsets": forge(outer(a=entry(shape=(2,))), b"\0" * 4),
    "shape overflows": forge(outer(a=entry(shape=(1 << 32, 1 << 32), offsets=(0, 0)))),
    "shape empty and endless": forge(outer(a=entry(shape=(0, 1 << 40), offsets=(0, 0)))),
    "shape of too many axes": forge(outer(a=entry(shape=(1,) * 9)), b"\0" * 4),
    "shape of truths": forge(outer(a=entry(shape=(True,))), b"\0" * 4),
    "shape of fractions": forge(outer(a=entry(shape=(1.0,))), b"\0" * 4),
    "dtype unknown": forge(outer(a=entry(dtype="BF16", offsets=(0, 2))), b"\0" * 2),
    "dtype not a name": forge(outer(a=entry(dtype=["F32"])), b"\0" * 4),
    "truths that are neither": forge(outer(a=entry("BOOL", (2,), (0, 2))), b"\2\0"),
    "entry with an extra": forge(outer(a=entry() | {"x": 1}), b"\0" * 4),
    "name climbs": forge(outer(**{"../../etc/passwd": entry()}), b"\0" * 4),
    "name absolute": forge(outer(**{"/etc/passwd": entry()}), b"\0" * 4),
    "name with a nul": forge(outer(**{"a\0b": entry()}), b"\0" * 4),
    "name empty": forge(outer(**{"": entry()}), b"\0" * 4),
    "name endless": forge(outer(**{"a" * 300: entry()}), b"\0" * 4),
    "arrays unnamed": forge(outer({"arrays": []}, a=entry()), b"\0" * 4),
    "arrays named twice": forge(outer({"arrays": ["a", "a"]}, a=entry()), b"\0" * 4),
    "too many arrays": forge(outer(**{f"a{i}": entry("U8", (0,), (0, 0)) for i in range(5000)})),
    "not JSON": forge("{'a': 1}"),
    "not an object": forge("[]"),
    "not UTF-8": struct.pack("<Q", 3) + b'"\xff"',
    "no metadata": forge({"a": entry()}, b"\0" * 4),
    "metadata of the wrong sort": forge({"__metadata__": [1]}),
    "inner not JSON": forge(outer('{"sha256":"' + store.ZEROS + '",nonsense')),
    "duplicate keys": forge(json.dumps(outer(a=entry()))[:-1] + ',"a":{}}', b"\0" * 4),
    "duplicate inner keys": forge(outer('{"sha256":"' + store.ZEROS + '","format":"memviz-memory/1","format":"x"}')),
    "NaN": forge(outer({"x": float("nan")})),
    "infinity by size": forge(json.dumps(outer({"x": 7})).replace("7", "1e999")),
    "endless whole number": forge(outer('{"sha256":"' + store.ZEROS + '","x":' + "7" * 5000 + "}")),
    "lone surrogate": forge(outer({"x": "\ud800"})),
    "deep nesting": forge("[" * 100_000),
    "deep nesting inside": forge(outer('{"sha256":"' + store.ZEROS + '","x":' + "[" * 100_000)),
    "a million items": forge("[" + "[]," * 1_100_000 + "[]]"),
    "quotes without end": forge('"' + '\\"' * 500_000),
    "checksum elsewhere": forge({"a": entry(), "__metadata__": outer(a=entry())["__metadata__"]}, b"\0" * 4),
    "no checksum": forge(outer({"sha256": ""}), seal=False),
    "checksum of another": forge(outer(a=entry()), b"\0" * 4, seal=False),
    "pickle": b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94.",
    "zip": b"PK\x03\x04" + b"\0" * 40,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gives_one_error_and_costs_no_memory(name):
    blob = HOSTILE[name]
    tracemalloc.start()
    try:
        with pytest.raises(FileError, match="upload: want a memviz-memory/1 file, got"):
            store.unpack(blob, (KIND,))
        assert tracemalloc.get_traced_memory()[1] < 8_000_000 + 20 * len(blob)
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("format", "message"),
    [
        ("memviz-memory/2", r"got a memviz-memory/2, which is newer \(update memviz\)"),
        ("memviz-trace/1", "got a memviz-trace/1"),
        ("memviz-memory/x", "none of ours"),
        ("memviz-memory/99999", "none of ours"),
    ],
)
def test_another_format_is_refused_by_name(format, message):
    with pytest.raises(FileError, match=message):
        store.unpack(forge(outer({"format": format})), (KIND,))


def test_an_older_version_is_read():
    header, _ = store.unpack(small(), ("memviz-trace/1", "memviz-memory/3"))
    assert header["format"] == KIND


@pytest.mark.parametrize(
    ("header", "arrays"),
    [
        ({"x": float("nan")}, {}),
        ({"x": np.zeros(2)}, {}),
        ({"x": "\ud800"}, {}),
        ({}, {"../x": np.zeros(1)}),
        ({}, {"x": np.zeros(1, complex)}),
        ({}, {"x": np.array([object()])}),
    ],
)
def test_what_could_not_be_read_again_is_not_written(header, arrays):
    with pytest.raises(FileError, match="want"):
        store.pack(KIND, header, arrays)


def test_numpy_scalars_in_a_header_become_numbers():
    header, _ = store.unpack(
        store.pack(KIND, {"x": np.float32(0.5), "n": np.int64(3), "b": np.bool_(True)}, {}), (KIND,)
    )
    assert (header["x"], header["n"], header["b"]) == (0.5, 3, True)


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "made" / "memory.safetensors"
    store.write_file(path, KIND, {"n": 1}, {"a": np.ones(2)})
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(FileError, match="disk full"):
        store.write_file(path, KIND, {"n": 2}, {"a": np.ones(2)})
    assert store.read_file(path, (KIND,))[0]["n"] == 1
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_path_that_is_no_file_of_a_fair_size_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large").write_bytes(small())
    for path in (tmp_path, tmp_path / "none", tmp_path / "pipe", "a\0b", "/dev/zero"):
        with pytest.raises(FileError, match="want a"):
            store.read_file(path, (KIND,))
    with pytest.raises(FileError, match="at most 100 bytes"):
        store.read_file(tmp_path / "large", (KIND,), store.Limits(file_bytes=100))
    with pytest.raises(FileError, match="at most 100 are read"):
        store.unpack(small(), (KIND,), store.Limits(file_bytes=100))
