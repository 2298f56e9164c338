"""What is typed after --set finds its knob, or is refused with what may have been meant."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memviz.contracts.errors import ConfigError
from memviz.contracts.knob import check, from_dict, knob
from memviz.training.settings import parse_settings
from tests.contracts.configs import Small


@dataclass(frozen=True)
class Other:
    """Shares one name with Small."""

    slots: int = knob(4, 1, 8, "slots of the other")
    bits: int = knob(8, 1, 16, "bits per word")


@given(st.text(max_size=40))
def test_any_typed_text_is_a_setting_or_a_config_error(text):
    for setting in (text, f"slots={text}", f"rate={text}", f"controller={text}", f"learned={text}"):
        try:
            values = parse_settings([setting], {"model": Small})["model"]
        except ConfigError:
            continue
        check(from_dict(Small, values))


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
