"""A knob checks its range, reads what a person types, survives a file header, and names itself when refused."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memviz.contracts.errors import ConfigError
from memviz.contracts.knob import check, from_dict, knobs, text, to_dict
from tests.contracts.configs import Small

configs = st.builds(
    Small,
    slots=st.integers(1, 512),
    rate=st.floats(1e-6, 1.0),
    controller=st.sampled_from(["lstm", "feedforward"]),
    learned=st.booleans(),
)


@given(configs)
def test_a_config_survives_a_dict_and_typing(config):
    check(config)
    values = to_dict(config)
    assert from_dict(Small, values) == config
    typed = {name: str(value).lower() if isinstance(value, bool) else f" {value} " for name, value in values.items()}
    assert {name: one.parse(typed[name]) for name, one in knobs(Small).items()} == values


@given(
    st.sampled_from(["slots", "rate", "controller", "learned"]),
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.lists(st.integers(), max_size=2),
)
def test_any_json_value_is_accepted_in_range_or_refused(name, value):
    try:
        config = from_dict(Small, {name: value})
    except ConfigError:
        return
    check(config)
    assert type(getattr(config, name)) is type(getattr(Small(), name))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"slots": 999}, r"Small\.slots: want a whole number 1\.\.512 \(memory slots\), got 999"),
        ({"slots": 2.5}, "whole number"),
        ({"slots": True}, "whole number"),
        ({"rate": float("nan")}, "got nan"),
        ({"rate": "0.1"}, r"Small\.rate"),
        ({"controller": "gru"}, "one of lstm, feedforward"),
        ({"learned": 1}, "one of true, false"),
        ({"slotz": 3}, "did you mean slots"),
        ({"zzz": 3}, "it has slots, rate, controller, learned"),
    ],
)
def test_a_refusal_says_where_wanted_got(values, message):
    with pytest.raises(ConfigError, match=message):
        from_dict(Small, values)


def test_check_refuses_a_config_made_by_hand():
    with pytest.raises(ConfigError, match=r"Small\.rate"):
        check(Small(rate=-1.0))


def test_knobs_keep_the_declared_order():
    assert list(knobs(Small)) == ["slots", "rate", "controller", "learned"]
    assert knobs(Small())["slots"].whole
    assert not knobs(Small())["rate"].whole


@dataclass(frozen=True)
class Worded:
    """A config with a word that a door makes of what is typed."""

    word: str = text("none", "none|[a-z]{3}", "a word", lambda typed: typed[:3].lower())
    plain: str = text("a", "[ab]", "a or b")


def test_a_word_is_made_of_what_is_typed_but_never_of_what_a_file_says():
    declared = knobs(Worded)
    assert (declared["word"].parse("ABCDEF"), declared["plain"].parse("b")) == ("abc", "b")
    assert from_dict(Worded, {"word": "xyz"}) == Worded("xyz")
    for value in ("ABCDEF", "abcd", "abc\n", 3, None):
        with pytest.raises(ConfigError, match=r"Worded\.word: want text like none\|\[a-z\]\{3\} \(a word\)"):
            from_dict(Worded, {"word": value})
    with pytest.raises(ConfigError, match=r"Worded\.plain"):
        declared["plain"].parse("c")
