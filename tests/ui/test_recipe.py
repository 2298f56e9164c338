"""A recipe survives its link; a damaged or foreign one is refused in words."""

from __future__ import annotations

import base64
import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memviz.contracts.errors import MemvizError
from memviz.ui.recipe import LONGEST, MOST_SEED, check, decode, encode

RECIPE = {
    "model": "ntm",
    "task": "copy",
    "preset": "paper",
    "knobs": {"model": {"N": 64}, "task": {"high": 12}, "training": {"rate": 0.001}},
    "seed": 41,
    "device": "core",
    "changes": [[120, {"rate": 0.0005}]],
    "until": {"solved": False, "updates": 500},
    "expect": {"update": 500, "fingerprint": "0123456789abcdef", "bits": 0.5, "wrong": 0.25},
}


def test_a_recipe_survives_its_link():
    word = encode(RECIPE)
    assert decode(word) == RECIPE
    assert word.replace("-", "").replace("_", "").isalnum()


@given(st.text(max_size=300))
def test_any_text_is_a_recipe_or_refused_in_words(text):
    with pytest.raises(MemvizError):
        decode(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(RECIPE)), JSON)
def test_a_recipe_with_any_one_value_replaced_is_checked_or_refused(name, value):
    with contextlib.suppress(MemvizError):
        assert check({**RECIPE, name: value})[name] == value


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"model": "nobody"}, "nobody"),
        ({"preset": "huge"}, "preset"),
        ({"knobs": {"model": {"N": 10**9}}}, "NTMConfig.N"),
        ({"knobs": {"model": {"slots": 4}}}, "slots"),
        ({"knobs": {"weights": {}}}, "weights"),
        ({"seed": -1}, "seed"),
        ({"magic": 1}, "magic"),
        ({"seed": 2**53}, "no browser"),
    ],
)
def test_the_refusal_names_what_is_wrong(change, word):
    with pytest.raises(MemvizError, match=word):
        check({**RECIPE, **change})


def test_a_link_as_long_as_a_book_is_not_even_decoded():
    with pytest.raises(MemvizError, match="at most"):
        decode("A" * (LONGEST + 1))


def test_a_recipe_too_long_for_a_link_makes_no_dead_link():
    changes = [[update, {"rate": 0.0005}] for update in range(400)]
    with pytest.raises(MemvizError, match="at most"):
        encode({**RECIPE, "changes": changes})
    most = max(n for n in range(400) if fits({**RECIPE, "changes": changes[:n]}))
    assert decode(encode({**RECIPE, "changes": changes[:most]}))["changes"] == changes[:most]


def fits(recipe) -> bool:
    with contextlib.suppress(MemvizError):
        return bool(encode(recipe))
    return False


def test_the_largest_seed_survives_the_browser():
    assert decode(encode({**RECIPE, "seed": MOST_SEED}))["seed"] == MOST_SEED == int(float(MOST_SEED))
    assert float(MOST_SEED) != float(MOST_SEED + 1) == float(MOST_SEED + 2)


def test_deep_json_is_refused():
    word = base64.urlsafe_b64encode(("[" * 3000).encode()).decode().rstrip("=")
    with pytest.raises(MemvizError, match="damaged"):
        decode(word)


def test_a_link_holds_json_that_anybody_can_read():
    word = encode(RECIPE)
    assert json.loads(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))) == RECIPE
