"""A trace refuses structure that contradicts itself, records meaning, round-trips, and cuts where numbers end."""

from __future__ import annotations

import contextlib
import importlib.util
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memviz.contracts import store
from memviz.contracts.errors import FileError, TraceError
from memviz.contracts.events import Event
from memviz.contracts.finding import Finding
from memviz.contracts.signal import Signal
from memviz.contracts.trace import FORMAT, Trace
from tests.contracts.strategies import json_values, same_bits, traces

MEMORY = Signal("memory", ("t", "slot", "word"), "contents after the step")
WRITE = Signal("weighting", ("t", "write", "slot"), "where it writes")
GATE = Signal("gate", ("t", "read"), "interpolation gate")


def trace(steps: int = 4, **changes) -> Trace:
    """A sound little trace: one slot written at each step, memory of 3 slots x 2 words."""
    arrays = {
        "memory": np.zeros((steps, 3, 2)),
        "write_weighting": np.eye(3)[np.arange(steps) % 3][:, None, :],
        "read_gate": np.full((steps, 2), 0.5),
    }
    signals = {"memory": MEMORY, "write_weighting": WRITE, "read_gate": GATE}
    meta = {"phases": ["store"] * steps}
    return Trace(signals, arrays | changes, meta=meta)


@settings(max_examples=150)
@given(traces())
def test_any_trace_round_trips_to_the_bit(original):
    back = Trace.from_bytes(original.to_bytes())
    assert list(back.signals.items()) == list(original.signals.items())
    assert list(back.arrays) == list(original.arrays)
    assert all(same_bits(back[name], original[name]) for name in original.arrays)
    assert (back.events, back.findings, back.meta) == (original.events, original.findings, original.meta)
    assert back.to_bytes() == original.to_bytes()


@settings(max_examples=100)
@given(traces(), st.data())
def test_any_damage_to_any_trace_is_a_file_error(original, data):
    blob = bytearray(original.to_bytes())
    place = data.draw(st.integers(0, len(blob) - 1))
    blob[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(FileError):
        Trace.from_bytes(bytes(blob))
    with pytest.raises(FileError):
        Trace.from_bytes(original.to_bytes()[:place])


@settings(max_examples=200)
@given(st.sampled_from(["signals", "events", "findings", "meta"]), json_values, st.booleans())
def test_any_header_value_gives_a_trace_or_a_file_error(part, value, inside):
    good = {"signals": {"clock": {"kind": "gate", "dims": ["t"], "doc": ""}}, "events": [], "findings": [], "meta": {}}
    changed = (
        {"signals": {"clock": value}, "events": [value], "findings": [value]}.get(part, value) if inside else value
    )
    blob = store.pack(FORMAT, good | {part: changed}, {"clock": np.zeros(2)})
    with contextlib.suppress(FileError):
        assert Trace.from_bytes(blob).steps == 2


def test_a_trace_is_kept_in_a_file(tmp_path):
    trace().save(tmp_path / "episode.safetensors")
    assert Trace.load(tmp_path / "episode.safetensors").steps == 4
    with pytest.raises(FileError, match=r"none\.safetensors"):
        Trace.load(tmp_path / "none.safetensors")


def test_dims_have_sizes_and_signals_are_found_by_name():
    sound = trace()
    assert (sound.steps, sound.size("slot"), sound.size("word"), sound.size("mode")) == (4, 3, 2, 0)
    assert sound["memory"].shape == (4, 3, 2)
    with pytest.raises(TraceError, match="got 'nothing'"):
        sound["nothing"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"memory": np.zeros((4, 5, 2))}, r"write_weighting: want slot = 5 as in memory, got 3"),
        ({"memory": np.zeros((4, 3))}, r"memory: want \(t, slot, word\), none empty, got shape \(4, 3\)"),
        ({"memory": np.zeros((0, 3, 2))}, "none empty"),
        ({"memory": np.zeros((4, 3, 2), complex)}, "got complex128"),
        ({"memory": [[1]]}, "got list"),
        ({"extra": np.zeros(4)}, "got extra on one side only"),
    ],
)
def test_structure_that_contradicts_itself_is_refused(changes, message):
    with pytest.raises(TraceError, match=message):
        trace(**changes)


@pytest.mark.parametrize("name", ["", "a b", "../x", "1a", "_a", "a" * 90, "a.b"])
def test_a_name_an_expression_could_not_say_is_refused(name):
    with pytest.raises(TraceError, match="want names of letters"):
        Trace({name: GATE}, {name: np.zeros((2, 1))})


@pytest.mark.parametrize(
    ("kind", "dims"),
    [
        ("colour", ("t",)),
        ("gate", ("time",)),
        ("gate", ["t"]),
        ("gate", ("read", "t")),
        ("memory", ("t", "word", "slot")),
        ("weighting", ("t", "read")),
        ("link", ("t", "slot")),
        ("distribution", ()),
    ],
)
def test_a_signal_no_view_could_match_is_refused(kind, dims):
    with pytest.raises(TraceError, match=r"Signal\."):
        Signal(kind, dims, "")


def test_a_gradient_has_the_dims_of_its_signal():
    signals = {"read_gate": GATE, "d_read_gate": Signal("gradient", ("t", "read"), "", derived="read_gate")}
    arrays = {"read_gate": np.zeros((2, 1)), "d_read_gate": np.full((2, 1), -5.0)}
    assert Trace(signals, arrays).findings == ()
    with pytest.raises(TraceError, match="want the dims of read_gate"):
        Trace(
            signals | {"d_read_gate": Signal("gradient", ("t",), "", derived="read_gate")},
            arrays | {"d_read_gate": np.zeros(2)},
        )
    with pytest.raises(TraceError, match="want the signal this is the gradient of"):
        Trace({"g": Signal("gradient", ("t",), "")}, {"g": np.zeros(2)})


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (Event(4, "write"), "want t < 4"),
        (Event(0, "write", slot=3), "want slot < 3"),
        (Event(0, "write", head="write.1"), "want write < 1"),
        ("write", "want Event"),
    ],
)
def test_an_event_outside_the_trace_is_refused(event, message):
    with pytest.raises(TraceError, match=message):
        Trace({"memory": MEMORY, "w": WRITE}, {"memory": np.zeros((4, 3, 2)), "w": np.zeros((4, 1, 3))}, (event,))


@pytest.mark.parametrize(
    "wrong",
    [{"t": -1}, {"t": 1.0}, {"t": True}, {"name": "two words"}, {"head": "read"}, {"head": "read.x"}, {"slot": "3"}],
)
def test_an_event_that_could_not_be_listed_is_refused(wrong):
    with pytest.raises(TraceError, match=r"Event\."):
        Event(**({"t": 0, "name": "write"} | wrong))


def test_a_live_trace_is_cut_where_numbers_end():
    memory = np.zeros((4, 3, 2))
    memory[2, 1, 0] = np.nan
    memory[3] = np.inf
    whole = trace(memory=memory)
    assert [(f.problem, f.t, f.count) for f in whole.findings] == [("nan", 2, 1), ("infinite", 3, 6)]
    sound = whole.finite()
    assert (sound.steps, sound.findings, len(sound.meta["phases"])) == (2, (), 2)
    assert sound.events == (Event(1, "cut", text="step 2 is not finite: memory"),)
    assert trace().finite().events == ()


def test_a_trace_broken_from_the_start_keeps_one_step_to_look_at():
    first = trace(memory=np.full((4, 3, 2), np.nan)).finite()
    assert (first.steps, [f.problem for f in first.findings]) == (1, ["nan"])


def test_findings_that_were_recorded_are_kept():
    given_back = Trace({"read_gate": GATE}, {"read_gate": np.ones((2, 1))}, (), (Finding("read_gate", "nan", 1),))
    assert Trace.from_bytes(given_back.to_bytes()).findings == given_back.findings


def test_meta_that_is_not_json_is_named_when_it_is_saved():
    with pytest.raises(FileError, match="want JSON values"):
        Trace({"read_gate": GATE}, {"read_gate": np.ones((2, 1))}, meta={"x": object()}).to_bytes()


def test_a_notebook_without_xarray_is_told_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(TraceError, match="pip install xarray"):
        trace().to_xarray()


@pytest.mark.skipif(importlib.util.find_spec("xarray") is None, reason="xarray is not installed")
def test_xarray_gets_named_dims():
    link = Signal("link", ("slot", "slot"), "order of writing")
    data = Trace(
        {"memory": MEMORY, "link": link}, {"memory": np.zeros((4, 3, 2)), "link": np.zeros((3, 3))}
    ).to_xarray()
    assert data["memory"].dims == ("t", "slot", "word")
    assert data["link"].dims == ("slot", "slot_2")
    assert data["memory"].attrs["kind"] == "memory"
