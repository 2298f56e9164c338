"""Any trace: random signals over random sizes, every dtype, every bit pattern, any JSON beside it."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from memviz.contracts.events import EVENTS, Event
from memviz.contracts.signal import DIMS, KINDS, NEEDED, Signal
from memviz.contracts.tensors import NUMPY_NAMES
from memviz.contracts.trace import Trace

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
metas = st.dictionaries(texts, json_values, max_size=4)
names = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,12}", fullmatch=True)
sizes = st.fixed_dictionaries({dim: st.integers(1, 4) for dim in DIMS})


@st.composite
def signals(draw):
    """A signal that is not a gradient, of any kind and dims."""
    kind = draw(st.sampled_from([kind for kind in KINDS if kind != "gradient"]))
    time = ("t",) if draw(st.booleans()) else ()
    head = draw(st.sampled_from([(), ("read",), ("write",)]))
    tail = NEEDED.get(kind) or draw(st.sampled_from([("word",), ("shift",), ("hidden",), ("mode",)]))
    return Signal(kind, (*time, *head, *tail), draw(texts))


@st.composite
def traces(draw):
    """A trace of up to four signals, the first over t, some with the gradient of another."""
    size, rng = draw(sizes), np.random.default_rng(draw(st.integers(0, 2**32)))
    clock = {"clock": Signal("strength", ("t",), "")}
    declared = clock | draw(
        st.dictionaries(names.filter(lambda n: n not in ("clock", "d_clock")), signals(), max_size=3)
    )
    if draw(st.booleans()):
        declared["d_clock"] = Signal("gradient", ("t",), "", derived="clock")
    arrays = {
        name: bits(rng, draw(st.sampled_from(NUMPY_NAMES)), tuple(size[dim] for dim in signal.dims))
        for name, signal in declared.items()
    }
    happenings = st.builds(Event, st.integers(0, size["t"] - 1), st.sampled_from(EVENTS), text=texts)
    return Trace(declared, arrays, tuple(draw(st.lists(happenings, max_size=3))), meta=draw(metas))


def bits(rng: np.random.Generator, dtype: str, shape: tuple[int, ...]) -> np.ndarray:
    """An array of random bits (NaN payloads, denormals, infinities), sometimes strided."""
    kind = np.dtype(dtype)
    raw = np.frombuffer(rng.bytes(int(np.prod(shape)) * kind.itemsize), np.uint8)
    flat = (raw & 1).astype(bool) if dtype == "bool" else raw.view(kind)
    array = flat.reshape(shape[::-1]).T
    return array if rng.random() < 0.5 else np.ascontiguousarray(array)


def same_bits(a: np.ndarray, b: np.ndarray) -> bool:
    """Equal to the last bit, NaN payloads included."""
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
