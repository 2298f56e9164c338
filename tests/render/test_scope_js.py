"""The pure parts of the scope's JavaScript, run in node on the same synthetic episode that the browser shows."""

# ruff: noqa: RUF001 - numbers and formulas are written as they are shown, with a real minus and Greek letters

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from memviz.contracts.panel import BELOW, IN_FIGURE
from memviz.render.scope.bundle import modules
from tests.render.node import evaluate, needs_node
from tests.render.synthetic import ntm_trace

pytestmark = needs_node


def test_the_scope_has_a_place_for_every_group_of_panels():
    source = modules()["arrange"]
    assert [group for group in IN_FIGURE + BELOW if f'"{group}"' not in source] == []


def as_js(trace):
    """A Trace as decode.js would give it, small enough to be written into the script."""
    sizes = {
        dim: trace[name].shape[axis] for name, signal in trace.signals.items() for axis, dim in enumerate(signal.dims)
    }
    return {
        "signals": {
            name: {"kind": s.kind, "dims": list(s.dims), "derived": s.derived} for name, s in trace.signals.items()
        },
        "arrays": {
            name: {"data": array.ravel().tolist(), "shape": list(array.shape)} for name, array in trace.arrays.items()
        },
        "sizes": sizes,
        "T": trace.steps,
        "events": [],
        "findings": [],
        "meta": {},
    }


TYPED = "(() => { for (const a of Object.values(trace.arrays)) a.data = Float32Array.from(a.data); return %s; })()"


@pytest.fixture(scope="module")
def trained():
    return as_js(ntm_trace(words=4, slots=9, width=5, bits=3))


@pytest.fixture(scope="module")
def clueless():
    return as_js(ntm_trace(words=4, slots=9, width=5, bits=3, skill=0.0))


def say(trace, t, side, head=0):
    at = f"{{ t: {t}, side: '{side}', head: {head} }}"
    return evaluate("caption", TYPED % f"$caption.captionText($caption.captionParts(trace, {at}))", trace=trace)


def test_the_caption_of_a_read_names_its_write_and_the_answer(trained):
    assert say(trained, 7, "read").startswith(
        "t = 7 READ → slot 2 (1.00) written at t = 2 → output bits right · gate 0.0"
    )


def test_the_caption_of_a_write_names_the_step_that_reads_it_back(trained):
    assert say(trained, 1, "write").startswith("t = 1 WRITE → slot 1 (1.00) read back at t = 6")


def test_the_caption_of_a_clueless_head_says_how_far_it_is_spread(clueless):
    said = say(clueless, 7, "read")
    assert "READ spread over 9.0 slots (most on slot" in said
    assert any("output bits wrong" in say(clueless, t, "read") for t in (5, 6, 7, 8))


def test_an_answer_that_is_one_class_is_right_or_wrong_as_a_whole():
    trace = ntm_trace(words=4, slots=9, width=5, bits=3)
    arrays = {name: array.copy() for name, array in trace.arrays.items()}
    arrays["target"][:], arrays["output"][:] = [0, 1, 0], [0.3, 0.4, 0.3]
    arrays["output"][8] = [0.4, 0.3, 0.3]
    classes = as_js(replace(trace, arrays=arrays))
    assert "→ answer right" in say(classes, 7, "read")
    assert "→ answer wrong" in say(classes, 8, "read")


def test_a_head_is_named_when_there_are_several():
    trace = as_js(ntm_trace(words=3, slots=6, width=4, bits=2, heads=(2, 1)))
    assert say(trace, 5, "read", 1).startswith("t = 5 READ head 1 →")


def test_effective_slots_are_the_exponential_of_the_entropy():
    rows = [[1, 0, 0], [0.5, 0.5, 0], [0.25, 0.25, 0.5], [0, 0, 0]]
    found = evaluate("facts", "rows.map((row) => $facts.effectiveSlots(row))", rows=rows)
    np.testing.assert_allclose(found, [1, 2, 2**1.5, 0])


def test_a_later_write_hides_the_one_before_it():
    trace = ntm_trace(words=4, slots=9, width=5, bits=3)
    weights = np.zeros_like(trace["write_weighting"])
    weights[0, 0, 5], weights[3, 0, 5], weights[4, 0, 6] = 1.0, 0.9, 0.3
    arrays = {**trace.arrays, "write_weighting": weights}
    changed = as_js(type(trace)(trace.signals, arrays, meta=trace.meta))
    found = evaluate("lineage", TYPED % "[5, 6, 7].map((slot) => $lineage.writerOf(trace, slot, 8))", trace=changed)
    assert [write and write["t"] for write in found] == [3, 4, None]


def test_the_formula_of_a_memory_cell_is_shown_because_the_numbers_obey_it(trained):
    at = {"signal": "memory", "t": 2, "slot": 2, "word": 1}
    said = evaluate("formula", TYPED % "$formula.formulaOf(trace, at)", trace=trained, at=at)
    assert said.startswith("before · (1 − w·e) + w·a = 1e−6 · (1 − 1.0 · 0.97) + 1.0 · ")


def test_no_formula_is_shown_when_the_numbers_do_not_obey_it(trained):
    broken = {**trained, "arrays": {**trained["arrays"]}}
    memory = trained["arrays"]["memory"]
    broken["arrays"]["memory"] = {**memory, "data": [value + 0.3 for value in memory["data"]]}
    at = {"signal": "memory", "t": 2, "slot": 2, "word": 1}
    assert evaluate("formula", TYPED % "$formula.formulaOf(trace, at)", trace=broken, at=at) == ""


@pytest.mark.parametrize(
    ("signal", "start"), [("interpolated", "g · content"), ("shifted", "Σ shift"), ("weighting", "shifted^γ")]
)
def test_every_stage_of_the_address_has_its_formula(trained, signal, start):
    at = {"signal": f"read_{signal}", "t": 6, "slot": 1, "head": 0}
    assert evaluate("formula", TYPED % "$formula.formulaOf(trace, at)", trace=trained, at=at).startswith(start)


def test_slots_can_be_folded_and_sorted_and_keep_their_names(trained):
    found = evaluate(
        "facts", TYPED % "['all', 'touched', 'first write'].map((o) => $facts.slotOrder(trace, o))", trace=trained
    )
    assert found == [list(range(9)), [0, 1, 2, 3, 4], [0, 1, 2, 3, 4]]


def test_what_the_memory_did_is_counted(trained):
    found = evaluate("usage", TYPED % "$usage.usageOf(trace)", trace=trained)
    assert found == {"answers": 4, "sharp": 4, "traced": 4, "wrong": 0, "bits": 12, "lost": 0, "untouched": 4}


def test_the_address_keeps_what_is_not_ours():
    assert evaluate("hash", "$hash.parseHash('#u=12&t=3&head=read.1&x=1')") == {"u": 12, "t": 3, "head": "read.1"}
    assert evaluate("hash", "$hash.parseHash('#u=-1&t=x&head=boss')") == {}
    assert evaluate("hash", "$hash.formatHash('#x=1&t=9', { u: 4, t: null, head: 'read.0' })") == "#x=1&u=4&head=read.0"


def test_numbers_have_two_significant_digits():
    values = [0, 0.0213, 1.43, 33.4, 32000, 0.0001, -0.5, None]
    found = evaluate("numbers", "values.map($numbers.two)", values=values)
    assert found == ["0", "0.021", "1.4", "33", "32,000", "1e−4", "−0.50", "–"]


def test_a_rewound_run_starts_its_curve_again_and_a_branch_goes_on_from_its_update():
    code = """
      [[2, 3], [0], [4], []].map((update) => {
        const of = (us, first) => Object.fromEntries(["update", "bits", "wrong", "norm"].map((name) => [name, Float64Array.from(us, (u) => (name === "update" ? u : first + u))]));
        const { update: u, norm } = $receive.joined(of([0, 1, 2, 3], 0), of(update, 10));
        return [Array.from(u), Array.from(norm)];
      })
    """  # noqa: E501  (a line of JavaScript)
    assert evaluate("receive", code) == [
        [[0, 1, 2, 3], [0, 1, 12, 13]],
        [[0], [10]],
        [[0, 1, 2, 3, 4], [0, 1, 2, 3, 14]],
        [[0, 1, 2, 3], [0, 1, 2, 3]],
    ]


def test_remembered_traces_are_bounded_and_keep_the_ends():
    code = """(() => {
      let traces = new Map();
      for (let update = 0; update < 300; update++) traces = $records.remember(traces, { update }, new Set([7]), 20);
      return [...traces.keys()];
    })()"""
    found = evaluate("records", code)
    assert len(found) == 20
    assert found[0] == 0
    assert found[-1] == 299
    assert 7 in found


def test_the_training_axis_goes_there_and_back():
    state = {"curve": {"update": [0, 4000]}, "status": {"update": 4000, "records": []}}
    code = """(() => {
      const axis = $records.trainingAxis({ ...state, traces: new Map() });
      return [0, 10, 700, 4000].map((update) => axis.from(axis.to(update)));
    })()"""
    np.testing.assert_allclose(evaluate("records", code, state=state), [0, 10, 700, 4000], atol=1e-6)


def test_a_step_is_as_wide_everywhere_and_the_figure_fits():
    for width in (420, 700, 1000, 1400, 1800):
        for T, slots, words in [(21, 32, 12), (41, 128, 20), (201, 128, 20), (9, 4, 3)]:
            want = {
                "width": width,
                "T": T,
                "slots": slots,
                "words": words,
                "stages": 4,
                "columns": ["write", "memory", "read"],
            }
            found = evaluate("fit", "$fit.fit({ ...want, zoom: 1, folded: false })", want=want)
            if found["tier"] == "narrow":
                assert found["gutter"] + found["step"] * T <= width
                continue
            used = (
                2 * (found["gutter"] + T * found["step"]) + found["middle"] + words * found["word"] + 2 * found["gap"]
            )
            used += (4 * found["stage"] + 30 + found["gap"]) if found["beside"] else 0
            assert used <= width
            assert found["row"] >= 2


def test_a_word_survives_a_strong_write_that_erases_little():
    trace = ntm_trace(words=4, slots=9, width=5, bits=3)
    arrays = {name: array.astype(np.float64) for name, array in trace.arrays.items()}
    weights, erase, add = (np.zeros_like(arrays[name]) for name in ("write_weighting", "erase", "add"))
    weights[1, 0, 5], erase[1], add[1] = 1.0, 1.0, 2.0
    weights[3, 0, 5], erase[3], add[3] = 1.0, 0.05, 0.1  # as strong, but it hardly changes anything
    memory = np.zeros_like(arrays["memory"])
    for t in range(trace.steps):
        w = weights[t, 0][:, None]
        memory[t] = (memory[t - 1] if t else 0) * (1 - w * erase[t, 0]) + w * add[t, 0]
    arrays |= {"write_weighting": weights, "erase": erase, "add": add, "memory": memory}
    changed = as_js(type(trace)(trace.signals, arrays, meta=trace.meta))
    code = "[$lineage.writeSignals(trace), $lineage.writerOf(trace, 5, 8), $lineage.survivalOf(trace, 5, 1)]"
    signals, write, survival = evaluate("lineage", TYPED % code, trace=changed)
    assert signals == {"memory": "memory", "weighting": "write_weighting", "erase": "erase", "add": "add"}
    assert write["t"] == 1
    assert write["share"] == pytest.approx(1.9 / 2.0)
    assert survival == pytest.approx(0.95)


def test_the_arrays_say_whether_a_read_sees_the_steps_own_write(trained):
    assert evaluate("lineage", TYPED % "$lineage.readsAfterWrite(trace)", trace=trained) is False
    trace = ntm_trace(words=4, slots=9, width=5, bits=3)
    after = np.einsum("trn,tnw->trw", trace["read_weighting"], trace["memory"])
    changed = as_js(type(trace)(trace.signals, {**trace.arrays, "read_vector": after}, meta=trace.meta))
    assert evaluate("lineage", TYPED % "$lineage.readsAfterWrite(trace)", trace=changed) is True


def test_events_are_the_writes_that_are_read_the_reads_that_answer_and_the_phases(trained):
    phases = ["listen"] * 4 + ["delimiter"] + ["answer"] * 4
    every = [{"t": t, "name": side, "slot": t % 5, "head": f"{side}.0"} for t in range(9) for side in ("write", "read")]
    shown = {**trained, "events": every, "meta": {"phases": phases}}
    found = evaluate("usage", TYPED % "$usage.notable(trace).map(({ t, side }) => [t, side ?? null])", trace=shown)
    written = [[t, "write"] for t in range(4)]
    assert found == [*written, [4, None], [5, "read"], [5, None], [6, "read"], [7, "read"], [8, "read"]]


def test_a_curve_is_brought_together_by_pixels():
    code = "$curves.binned([0, 1, 2, 9], [1, 100, 10, 5], 12, log)"
    assert evaluate("curves", code, log=False)[0]["mean"] == 37
    assert evaluate("curves", code, log=True)[0]["mean"] == pytest.approx(10)
    assert [b["x"] for b in evaluate("curves", code, log=False)] == [1, 9]
