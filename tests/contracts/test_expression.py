"""The expression language: precedence, types, values and errors; no text crashes it and none is ever executed."""

from __future__ import annotations

import contextlib
import operator

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from memviz.contracts import evaluate as evaluation
from memviz.contracts.errors import ExpressionError
from memviz.contracts.evaluate import check, evaluate
from memviz.contracts.expression import BINDING, COMPARISONS, DEPTH, LENGTH, NUMBERS, TRUTHS, Node, parse
from memviz.contracts.signal import Signal
from memviz.contracts.trace import Trace

RNG = np.random.default_rng(0)
WRITE = RNG.dirichlet(np.ones(4), (6, 2)).astype(np.float32)  # (t, write, slot)
MEMORY = RNG.normal(size=(6, 4, 3))
LINK = RNG.random((4, 4))
TRACE = Trace(
    {
        "write_weighting": Signal("weighting", ("t", "write", "slot"), ""),
        "memory": Signal("memory", ("t", "slot", "word"), ""),
        "link": Signal("link", ("slot", "slot"), ""),
        "gate": Signal("gate", ("t",), ""),
    },
    {"write_weighting": WRITE, "memory": MEMORY, "link": LINK, "gate": np.linspace(0, 1, 6)},
    meta={"phases": ["store", "store", "store", "recall", "recall", "store"]},
)


def show(node: Node) -> str:
    """The text of a tree with every operation in parentheses."""
    parts = [show(arg) for arg in node.args]
    if node.op == "text":
        return f"'{node.value}'" if '"' in node.value else f'"{node.value}"'
    if node.op in ("number", "truth", "name"):
        return str(node.value).lower() if node.op == "truth" else str(node.value)
    if node.op == "index":
        return f"({parts[0]})[{node.value} = {parts[1]}]"
    if node.op in NUMBERS + TRUTHS:
        return f"{node.op}({', '.join([*parts, node.value] if node.value else parts)})"
    sign = {"neg": "-", "not": "not "}.get(node.op)
    return f"({sign}{parts[0]})" if sign else f"({parts[0]} {node.op} {parts[1]})"


dims = st.sampled_from(["t", "slot", "word", "write"])
leaves = st.one_of(
    st.builds(Node, st.just("number"), st.floats(0, allow_infinity=False)),
    st.builds(Node, st.just("text"), st.text(st.characters(exclude_characters="\"'\n"), max_size=5)),
    st.builds(Node, st.just("truth"), st.booleans()),
    st.builds(Node, st.just("name"), st.sampled_from(["t", "phase", "gate", "memory", "write_weighting", "link", "x"])),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda op, a, b: Node(op, None, (a, b)), st.sampled_from(list(BINDING)), inner, inner),
        st.builds(lambda op, a: Node(op, None, (a,)), st.sampled_from(["neg", "not"]), inner),
        st.builds(lambda op, a, dim: Node(op, dim, (a,)), st.sampled_from(NUMBERS + TRUTHS), inner, st.none() | dims),
        st.builds(lambda dim, a, b: Node("index", dim, (a, b)), dims, inner, inner),
    ),
    max_leaves=8,
)
numeric = st.recursive(
    st.builds(Node, st.just("number"), st.floats(0, 5))
    | st.builds(Node, st.just("name"), st.sampled_from(["t", "gate", "memory", "write_weighting", "link"])),
    lambda inner: st.one_of(
        st.builds(lambda op, a, b: Node(op, None, (a, b)), st.sampled_from("+-*/"), inner, inner),
        st.builds(lambda op, a, dim: Node(op, dim, (a,)), st.sampled_from(NUMBERS), inner, dims),
        st.builds(lambda dim, a, i: Node("index", dim, (a, Node("number", float(i)))), dims, inner, st.integers(0, 5)),
    ),
    max_leaves=6,
)
truths = st.builds(lambda op, a, b: Node(op, None, (a, b)), st.sampled_from(COMPARISONS), numeric, numeric)
logical = st.builds(lambda op, a, dim: Node(op, dim, (a,)), st.sampled_from(TRUTHS), truths, dims)
FRAGMENTS = "( ) [ ] = == < - + * and or not , max( first( t memory slot phase 0 1e3 true ' gate link slot_2 end number"
fragments = st.sampled_from([*FRAGMENTS.split(), '"recall"', "write_weighting[t=1, write=0]"])


@settings(max_examples=300)
@given(trees)
def test_a_tree_survives_being_written_and_read(tree):
    assert parse(show(tree)) == tree


@settings(max_examples=500)
@given(
    st.text(max_size=60)
    | st.lists(fragments, max_size=14).map("".join)
    | st.lists(fragments, max_size=14).map(" ".join)
)
@example("(" * 900)
@example("not " * 240)
@example("-" * 999)
@example("1" + "+1" * 400)
@example("t" + "[t=0" * 200)
@example("1 end")
@example("\x85\u2028 1")
def test_any_text_is_a_value_or_an_expression_error(text):
    with contextlib.suppress(ExpressionError):
        assert isinstance(evaluate(text, TRACE), float | bool | str)


@settings(max_examples=300)
@given(trees | numeric | truths | logical)
def test_any_tree_that_types_has_a_value_of_that_type(tree):
    try:
        typed = check(tree, TRACE.signals)
        value = evaluation._value(typed, TRACE)
    except ExpressionError:
        return
    assert np.shape(value) == tuple(TRACE.size(dim.removesuffix("_2")) for dim in typed.dims)
    assert {"number": "fiu", "truth": "b", "text": "U"}[typed.sort].count(np.asarray(value).dtype.kind)


@settings(max_examples=200)
@given(st.lists(st.tuples(st.sampled_from("+-*"), st.integers(0, 9)), max_size=8), st.integers(0, 9))
def test_arithmetic_binds_as_everywhere(rest, first):
    text = str(first) + "".join(f" {sign} {number}" for sign, number in rest)
    terms = [first]
    for sign, number in rest:
        terms = [*terms[:-1], terms[-1] * number] if sign == "*" else [*terms, number if sign == "+" else -number]
    assert evaluate(text, TRACE) == sum(terms)


@given(st.lists(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=3), min_size=1, max_size=3))
def test_logic_binds_as_everywhere(groups):
    text = " or ".join(" and ".join(f"{'not ' * no}{str(value).lower()}" for no, value in group) for group in groups)
    assert evaluate(text, TRACE) is any(all(value != no for no, value in group) for group in groups)


@pytest.mark.parametrize("sign", ["==", "!=", "<", "<=", ">", ">="])
@given(st.integers(-3, 3), st.integers(-3, 3))
def test_comparisons_compare(sign, a, b):
    python = {
        "==": operator.eq,
        "!=": operator.ne,
        "<": operator.lt,
        "<=": operator.le,
        ">": operator.gt,
        ">=": operator.ge,
    }
    assert evaluate(f"{a} {sign} {b}", TRACE) is python[sign](a, b)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("argmax(write_weighting[t=4, write=0], slot)", float(WRITE[4, 0].argmax())),
        ("argmax(write_weighting[t=4, write=0])", float(WRITE[4, 0].argmax())),
        ("max(max(max(memory, t), slot), word)", MEMORY.max()),
        ("mean(memory[slot=1, word=2], t)", MEMORY[:, 1, 2].mean()),
        ("first(phase == 'recall')", 3.0),
        ("last(phase == 'recall')", 4.0),
        ("first(phase == 'none')", -1.0),
        ("count(phase == 'recall')", 2.0),
        ("last(true or t > 0)", 5.0),
        ("phase[t=first(phase != 'store')]", "recall"),
        ("all(sum(write_weighting, slot)[write=1] > 0.99, t)", True),
        ("any(gate > 1)", False),
        (
            "sum(write_weighting[t=2, write=0] * memory[t=2, word=1])",
            float(WRITE[2, 0].astype(float) @ MEMORY[2, :, 1]),
        ),
        ("sum(sum(write_weighting * memory, slot), word)[write=1, t=3]", (WRITE[3, 1, :, None] * MEMORY[3]).sum()),
        ("entropy(write_weighting[t=0, write=1])", float(-(WRITE[0, 1] * np.log(WRITE[0, 1])).sum())),
        ("link[slot=1, slot_2=3]", LINK[1, 3]),
        ("max(link, slot_2)[slot=2]", LINK[2].max()),
        ("-2 * -3 - -1", 7.0),
        ("2 - 3 - 4", -5.0),
        ("8 / 4 / 2", 1.0),
        ("(1 < 2) == (2 > 1)", True),
        ("not 1 < 2 or true", True),
        ("not (1 < 2 or true)", False),
        (".5e1 + 1.", 6.0),
        ("1 / 0 > 1", True),
    ],
)
def test_values_are_those_of_numpy(text, value):
    found = evaluate(text, TRACE)
    assert type(found) is type(value) or isinstance(value, np.floating)
    assert found == (value if isinstance(value, str | bool) else pytest.approx(value, rel=1e-6))


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("memry", 1, "did you mean memory"),
        ("1 + zzz", 5, "it has write_weighting, memory, link, gate"),
        ("gate[t=9]", 8, "want a whole number 0..5 for t, got 9"),
        ("gate[t=-1]", 8, "want a whole number 0..5"),
        ("gate[t=0.5]", 8, "got 0.5"),
        ("gate[t=0/0]", 9, "got nan"),
        ("memory[write=0]", 8, "want a dim of t, slot, word, got write"),
        ("gate[t=t]", 8, r"want one number, got a number over \(t\)"),
        ("max(memory)", 1, "want max over t or slot or word, got none"),
        ("max(3)", 1, "want max over a value with dims"),
        ("max(gate > 1)", 10, "want a number in max, got a truth"),
        ("first(gate)", 7, "want a truth in first, got a number"),
        ("first(memory[t=0, word=0] > 0, slot)", 1, "want first over t, got slot"),
        ("1 and true", 1, "want a truth beside and, got a number"),
        ("'a' < 'b'", 1, "want a number beside <, got a text"),
        ("phase == 1", 10, "want a text beside ==, got a number"),
        ("1 < 2 < 3", 7, "a < b and b < c"),
        ("gate", 1, "want one value, got one for each t"),
        ("exec(1)", 1, "no such function"),
        ("gate[0]", 6, "want name, got 0"),
        ("(1", 3, r"want \), got the end"),
        ("1 $ 2", 3, r"got \$"),
        ("'open", 1, "got '"),
        ("", 1, "got the end"),
        ("1 and", 6, "got the end"),
        ("1e999", 1, "finite"),
        ("1 " * LENGTH, LENGTH, "at most 1000 characters"),
        ("(" * DEPTH + "1" + ")" * DEPTH, 1, "at most 40 levels"),
        ("+".join("1" * 60), 80, "at most 40 levels"),
    ],
)
def test_an_error_points_at_the_column(text, column, message):
    with pytest.raises(ExpressionError, match=message) as caught:
        evaluate(text, TRACE)
    assert caught.value.column == column
    assert str(caught.value).startswith(f"expression, column {column}: ")


def test_a_value_that_would_not_fit_is_refused_before_it_is_made(monkeypatch):
    monkeypatch.setattr(evaluation, "CELLS", 100)
    with pytest.raises(ExpressionError, match="want at most 100 cells, got one for each t, write, slot, word"):
        evaluate("sum(write_weighting * memory, slot)[t=0, write=0, word=0]", TRACE)


def test_a_trace_without_phases_says_so():
    bare = Trace({"gate": Signal("gate", ("t",), "")}, {"gate": np.zeros(2)})
    with pytest.raises(ExpressionError, match="want a phase for each step"):
        evaluate("count(phase == 'recall')", bare)
