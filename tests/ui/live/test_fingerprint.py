"""A recipe link rebuilds a run: bit for bit here, and otherwise it says what differs."""

from __future__ import annotations

import threading

import pytest

from memviz import catalog
from memviz.training.runs.registry import Registry
from memviz.ui.live.fingerprint import compare, recipe_of
from memviz.ui.recipe import decode, encode

SMALL = {"model": {"N": 8, "W": 4, "hidden": 8}, "task": {"width": 2, "high": 3}}
RECIPE = {"model": "ntm", "task": "copy", "seed": 4, "knobs": SMALL, "until": {"solved": False, "updates": 12}}


@pytest.fixture
def registry(tmp_path):
    made = Registry(catalog.models(), catalog.tasks(), tmp_path)
    yield made
    made.close()


def rested(registry, recipe):
    """A run of the recipe, trained to its end."""
    run = registry.create(recipe, start=False)
    done = threading.Event()
    run.subscribe(lambda kind: done.set() if run.status()["state"] == "finished" else None)
    run.start()
    assert done.wait(120)
    return run


def test_a_rebuilt_run_is_the_same_bit_for_bit(registry):
    recipe = decode(encode(recipe_of(rested(registry, RECIPE))))
    assert recipe["expect"]["update"] == 12
    assert "bit for bit" in compare(rested(registry, recipe))


def test_what_was_changed_while_it_trained_is_in_the_link(registry):
    run = rested(registry, {**RECIPE, "changes": [[5, {"rate": 0.02}]]})
    recipe = decode(encode(recipe_of(run)))
    assert recipe["changes"] == [[5, {"rate": 0.02}]]
    assert recipe["knobs"]["training"]["rate"] == 0.003  # what it was at update 0
    assert "bit for bit" in compare(rested(registry, recipe))


def test_another_result_is_said_with_both_figures(registry):
    recipe = recipe_of(rested(registry, RECIPE))
    sentence = compare(rested(registry, {**recipe, "seed": 5}))
    assert "Not the result of the link" in sentence
    assert "at update 12" in sentence


def test_a_run_without_a_promise_says_nothing(registry):
    assert compare(rested(registry, RECIPE)) == ""


@pytest.mark.parametrize("expect", [{}, {"update": "soon"}, {"update": 12, "fingerprint": 3, "wrong": None}])
def test_a_mangled_promise_breaks_nothing(registry, expect):
    assert "Not the result" in compare(rested(registry, {**RECIPE, "expect": expect}))
