"""A knob checks its range, reads what a person types, survives a file header, and names itself when refused."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memviz.contracts.errors import ConfigError
from memviz.contracts.knob import check, choice, from_dict, knob, knobs, parse_settings, text, to_dict


@dataclass(frozen=True)
class Small:
    """A config with one knob of every sort."""

    slots: int = knob(16, 1, 512, "memory slots")
    rate: float = knob(0.01, 1e-6, 1.0, "learning rate")
    controller: str = choice("lstm", ("lstm", "feedforward"), "controller")
    learned: bool = choice(True, (True, False), "learn the initial memory")


@dataclass(frozen=True)
class Other:
    """Shares one name with Small."""

    slots: int = knob(4, 1, 8, "slots of the other")
    bits: int = knob(8, 1, 16, "bits per word")


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
    typed = [f"{name} = {str(value).lower() if isinstance(value, bool) else value}" for name, value in values.items()]
    assert from_dict(Small, parse_settings(typed, {"model": Small})["model"]) == config


@given(st.text(max_size=40))
def test_any_typed_text_is_a_setting_or_a_config_error(text):
    for setting in (text, f"slots={text}", f"rate={text}", f"controller={text}", f"learned={text}"):
        try:
            values = parse_settings([setting], {"model": Small})["model"]
        except ConfigError:
            continue
        check(from_dict(Small, values))


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


def test_a_typed_name_finds_its_part():
    both = {"model": Small, "task": Other}
    assert parse_settings(["bits=3", "model.slots=7", "task.slots=1e0", "learned=off"], both) == {
        "model": {"slots": 7, "learned": False},
        "task": {"bits": 3, "slots": 1},
    }


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("slots=7", r"model\.slots and task\.slots"),
        ("bitz=7", "did you mean bits"),
        ("task.bitz=7", "did you mean bits"),
        ("bits", "want knob=value"),
        ("bits=many", "got many"),
    ],
)
def test_a_typed_setting_that_fits_no_knob_is_refused(setting, message):
    with pytest.raises(ConfigError, match=message):
        parse_settings([setting], {"model": Small, "task": Other})


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
    assert parse_settings(["word=ABCDEF", "plain=b"], {"task": Worded})["task"] == {"word": "abc", "plain": "b"}
    assert from_dict(Worded, {"word": "xyz"}) == Worded("xyz")
    for value in ("ABCDEF", "abcd", "abc\n", 3, None):
        with pytest.raises(ConfigError, match=r"Worded\.word: want text like none\|\[a-z\]\{3\} \(a word\)"):
            from_dict(Worded, {"word": value})
    with pytest.raises(ConfigError, match=r"Worded\.plain"):
        parse_settings(["plain=c"], {"task": Worded})
