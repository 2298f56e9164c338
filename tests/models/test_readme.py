"""The knob table of a model's README says what the model's config declares, knob by knob."""

from __future__ import annotations

from pathlib import Path

import pytest

from memviz import catalog
from memviz.contracts.knob import Knob, knobs

ROOT = Path(__file__).parents[2]
HEAD = "| knob | default | range or options | meaning |"
FILES = "files of "


def rows(readme: str) -> list[list[str]]:
    """The cells of the knob table, without the backticks."""
    lines = iter(readme.partition(f"{HEAD}\n")[2].splitlines()[1:])  # after the rule below the head
    table = []
    for line in lines:
        if not line.startswith("|"):
            break
        table.append([cell.strip().replace("`", "") for cell in line.strip("|").split("|")])
    return table


def number(text: str) -> float:
    """What the table writes for a bound: also 2^31-1."""
    power, _, less = text.partition("-") if "^" in text else (text, "", "0")
    base, hat, exponent = power.partition("^")
    return (float(base) ** float(exponent) if hat else float(base)) - float(less)


def faults(table: list[list[str]], declared: dict[str, Knob]) -> list[str]:
    """Every cell that is not so."""
    wrong = [] if [row[0] for row in table] == list(declared) else [f"knobs: {list(declared)}"]
    for name, default, limits, meaning in table:
        one = declared.get(name)
        if one is None:
            continue
        if one.parse(default) != one.default:
            wrong.append(f"{name}: default {one.default}")
        if limits.startswith(FILES):  # an option is a file there: adding one is no news for the table
            wrong += [] if (ROOT / limits.removeprefix(FILES)).is_dir() else [f"{name}: no folder {limits}"]
        elif one.options and set(limits.split(", ")) != {str(each).lower() for each in one.options}:
            wrong.append(f"{name}: options {one.options}")
        if not one.options and [number(each) for each in limits.split("..")] != [one.low, one.high]:
            wrong.append(f"{name}: range {one.low}..{one.high}")
        if not meaning:
            wrong.append(f"{name}: no meaning")
    return wrong


@pytest.mark.parametrize("name", catalog.models().names)
def test_a_readmes_table_is_what_the_knobs_declare(name):
    readme = (ROOT / "models" / name / "README.md").read_text(encoding="utf-8")
    assert faults(rows(readme), knobs(catalog.models()[name].config)) == []


def test_a_table_that_has_fallen_behind_is_caught():
    declared = knobs(catalog.models()["ntm"].config)
    table = rows((ROOT / "models/ntm/README.md").read_text(encoding="utf-8"))
    assert "knobs" in faults(table[1:], declared)[0]
    table[0][1:3], table[5][2] = ["64", "1..512"], "lstm"
    assert [fault.partition(":")[0] for fault in faults(table, declared)] == ["N", "N", "controller"]
