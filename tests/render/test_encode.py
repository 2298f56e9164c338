"""The wire frames: what goes in comes out, aligned, and damaged frames are refused."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from memviz.contracts.errors import FileError
from memviz.render.limits import limits_of, merge_limits, rung
from memviz.render.scope import encode
from tests.render.frames import panels_of
from tests.render.synthetic import history, ntm_trace, status

DTYPES = st.sampled_from([np.float32, np.uint8, np.int32])
ARRAYS = DTYPES.flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5))
)
NAMES = st.text("abcdefgh_0123456789é", min_size=1, max_size=12)


@given(
    st.dictionaries(NAMES, ARRAYS, max_size=5), st.dictionaries(NAMES, st.integers() | st.text(max_size=9), max_size=4)
)
def test_any_frame_round_trips_bit_for_bit(arrays, header):
    found, back = encode.unpack(encode.pack(header, arrays))
    header.pop("arrays", None)
    assert {name: found[name] for name in header} == header
    assert list(back) == list(arrays)
    for name, array in arrays.items():
        assert back[name].dtype == array.dtype
        assert back[name].shape == array.shape
        assert back[name].tobytes() == np.ascontiguousarray(array).tobytes()


def test_every_array_starts_at_a_multiple_of_eight():
    frame = encode.pack({"type": "x"}, {"a": np.arange(3, dtype=np.uint8), "b": np.ones(5), "c": np.arange(2)})
    (length,) = struct.unpack_from("<I", frame)
    assert (4 + length) % 8 == 0
    assert all(offset % 8 == 0 for *_, offset in json.loads(frame[4 : 4 + length])["arrays"])


def test_a_trace_frame_holds_the_arrays_the_panels_and_the_scales():
    trace = ntm_trace()
    header, arrays = encode.unpack(encode.trace_frame(trace, panels_of(trace), version=7, update=12, source="live"))
    assert (header["type"], header["v"], header["update"], header["source"]) == ("trace", 7, 12, "live")
    assert list(header["signals"]) == list(trace.signals) == list(arrays)
    assert header["signals"]["memory"] == {
        "kind": "memory",
        "dims": ["t", "slot", "word"],
        "doc": "contents after the step",
        "derived": None,
    }
    assert {panel["signal"] for panel in header["panels"]} <= set(arrays)
    assert header["events"][0]["name"] == "write"
    np.testing.assert_array_equal(arrays["write_weighting"], trace["write_weighting"].astype(np.float32))


def test_what_json_cannot_hold_becomes_null_and_the_arrays_keep_it():
    header, arrays = encode.unpack(
        encode.pack({"loss": float("nan"), "norm": np.float32(np.inf)}, {"x": np.array([np.nan, 1.0])})
    )
    assert header["loss"] is None
    assert header["norm"] is None
    assert np.isnan(arrays["x"][0])


def test_status_curve_phase_and_error_say_what_they_are():
    said = status(metrics={"bits_per_sequence": np.float64(0.5)})
    assert encode.unpack(encode.status_frame(said))[0]["metrics"] == {"bits_per_sequence": 0.5}
    header, arrays = encode.unpack(encode.curve_frame(history(), start=3))
    assert (header["from"], arrays["update"].dtype, arrays["bits"].dtype) == (3, np.int32, np.float32)
    header, _ = encode.unpack(encode.phase_frame(5, "update", blocks=[("W", 0.5)]))
    assert header["blocks"] == [["W", 0.5]]
    assert encode.unpack(encode.error_frame("no", "do"))[0]["remedy"] == "do"


@pytest.mark.parametrize(
    "damage", [b"", b"\1", b"\xff\xff\xff\xff", b"\x02\0\0\0{}", b"\x04\0\0\0\xff\xff\xff\xff", b"<!doctype html>"]
)
def test_what_is_not_a_frame_is_refused(damage):
    with pytest.raises(FileError, match="want a whole frame"):
        encode.unpack(damage)


@given(st.integers(0, 400), st.integers(0, 255))
def test_a_damaged_frame_is_read_or_refused_never_worse(place, byte):
    frame = bytearray(encode.pack({"type": "x", "n": 3}, {"a": np.arange(30.0), "b": np.arange(4)}))
    frame[place % len(frame)] = byte
    for broken in (bytes(frame), bytes(frame[: place % len(frame)])):
        try:
            encode.unpack(broken)
        except FileError as error:
            assert "want a whole frame" in str(error)  # noqa: PT017 - both outcomes are right, a crash is not


def test_scales_stand_on_round_rungs_and_only_grow():
    assert [rung(value) for value in (0, 0.3, 1, 1.01, 4.9, 70, float("nan"))] == [1, 0.3, 1, 1.5, 5, 70, 1]
    limits = limits_of(ntm_trace())
    assert limits["memory"] == 1.5
    assert limits["positive"]["read_sharpness"] >= 8
    grown = merge_limits(limits, {"memory": 1, "signed": {"add": 50.0}, "positive": {}})
    assert (grown["memory"], grown["signed"]["add"]) == (1.5, 50)
    assert grown["positive"] == limits["positive"]
