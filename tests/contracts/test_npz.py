"""Arrays somebody already has become a trace; an npz is read like a stranger's file."""

from __future__ import annotations

import contextlib
import io
import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memviz.contracts import npz
from memviz.contracts.errors import FileError, TraceError
from memviz.contracts.signal import Signal
from memviz.contracts.trace import Trace

NPY = b"\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }\n"


def pack(pack_with=np.savez, **arrays) -> bytes:
    file = io.BytesIO()
    pack_with(file, **arrays)
    return file.getvalue()


def archive(member: bytes, name: str = "a.npy", how: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as made:
        made.writestr(name, member)
    return file.getvalue()


@pytest.mark.parametrize("pack_with", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("dtype", ["<f4", ">f8", "<i8", "|u1", "|b1", "<f2"])
def test_an_npz_gives_its_arrays(pack_with, dtype):
    arrays = {"c": np.arange(6).reshape(2, 3).astype(dtype), "f": np.asfortranarray(np.ones((2, 3), dtype))}
    back = npz.read(pack(pack_with, **arrays, scalar=np.array(1.5)))
    assert list(back) == ["c", "f", "scalar"]
    for name, array in arrays.items():
        np.testing.assert_array_equal(back[name], array)
        assert back[name].dtype.isnative


HOSTILE = {
    "pickle": pack(x=np.array([{"a": 1}], dtype=object)),
    "records": pack(x=np.zeros(2, dtype=[("a", "f4")])),
    "complex": pack(x=np.zeros(2, complex)),
    "text": pack(x=np.array(["a"])),
    "empty": pack(x=np.zeros(0)),
    "shape larger than the data": archive(NPY.replace(b"(2,)", b"(99999999999999,)") + b"\0" * 16),
    "shape endless": archive(NPY.replace(b"(2,)", b"(" + b"9" * 150 + b",)") + b"\0" * 16),
    "code in the header": archive(NPY.replace(b"(2,)", b"(__import__('os').getpid(),)") + b"\0" * 16),
    "an unknown dtype": archive(NPY.replace(b"<f8", b"<q9") + b"\0" * 16),
    "no array": archive(b"hello"),
    "packed by another": archive(NPY + b"\0" * 16, how=zipfile.ZIP_BZIP2),
    "truncated": pack(x=np.zeros(100))[:-30],
    "flipped": pack(x=np.zeros(100)).replace(b"\0" * 8, b"\0" * 7 + b"\1", 1),
    "no zip": b"hello",
    "nothing": b"",
    "bomb": archive(b"\0" * (npz.LARGEST + 1)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_npz_gives_one_error_and_costs_no_memory(name):
    tracemalloc.start()
    try:
        with pytest.raises(FileError, match="npz: want an npz file of arrays, got"):
            npz.read(HOSTILE[name])
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()


@settings(max_examples=200)
@given(st.data())
def test_any_damage_gives_the_arrays_or_a_file_error(data):
    blob = bytearray(pack(np.savez_compressed, memory=np.zeros((2, 3, 4)), w=np.ones((2, 3))))
    for _ in range(data.draw(st.integers(1, 3))):
        blob[data.draw(st.integers(0, len(blob) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(FileError):
        npz.read(bytes(blob))


def test_arrays_by_the_names_people_use_become_signals():
    arrays = {
        "memory": np.zeros((7, 4, 3)),
        "write_weights": np.full((7, 4), 0.25),
        "read weights": np.full((7, 2, 4), 0.25),
        "read_strength": np.ones((7, 2)),
        "erase_vector": np.zeros((7, 1, 3)),
        "usage": np.zeros((7, 4)),
        "memory_start": np.zeros((4, 3)),
        "hidden_state": np.zeros((7, 9)),
        "outputs": np.zeros((7, 5)),
        "mask": np.ones(7),
        "anything": np.zeros((7, 9)),
    }
    trace = Trace.from_npz(pack(**arrays))
    assert {name: (s.kind, s.dims) for name, s in trace.signals.items()} == {
        "memory": ("memory", ("t", "slot", "word")),
        "write_weights": ("weighting", ("t", "write", "slot")),
        "read_weights": ("weighting", ("t", "read", "slot")),
        "read_strength": ("strength", ("t", "read")),
        "erase_vector": ("gate", ("t", "write", "word")),
        "usage": ("usage", ("t", "slot")),
        "memory_start": ("memory", ("slot", "word")),
        "hidden_state": ("hidden", ("t", "hidden")),
        "outputs": ("output", ("t", "output")),
        "mask": ("gate", ("t",)),
        "anything": ("hidden", ("t", "hidden")),
    }
    assert trace["write_weights"].shape == (7, 1, 4)
    assert trace.meta["title"] == "npz"


def test_what_people_say_goes_before_what_is_guessed():
    odd = Signal("score", ("t", "slot"), "their own")
    trace = Trace.from_arrays(
        {"a": np.zeros((3, 2)), "b": np.zeros((3, 2))}, {"a": odd}, {"b": "usage"}, meta={"seed": 1}
    )
    assert trace.signals == {"a": odd, "b": Signal("usage", ("t", "slot"), "b")}
    assert trace.meta == {"seed": 1}


@pytest.mark.parametrize(
    ("arrays", "kinds", "message"),
    [
        ({"memory": np.zeros((2, 8, 4, 3))}, {}, "take one episode of a batch"),
        ({"x": np.zeros((2, 3))}, {"y": "usage"}, "want names of arrays, got y"),
        ({"x": np.zeros((2, 3))}, {"x": "colour"}, "want the axes of a colour"),
        ({"a b": np.zeros(2), "a_b": np.zeros(2)}, {}, "want different names"),
        ({"x": np.array(["a"])}, {}, "want"),
    ],
)
def test_what_cannot_be_guessed_is_asked_for(arrays, kinds, message):
    with pytest.raises(TraceError, match=message):
        Trace.from_arrays(arrays, kinds=kinds)


def test_an_npz_on_disk_is_titled_by_its_name(tmp_path):
    (tmp_path / "mine.npz").write_bytes(pack(memory=np.zeros((2, 3, 4))))
    assert Trace.from_npz(tmp_path / "mine.npz").meta == {"title": "mine.npz"}
