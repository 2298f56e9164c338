"""`memviz lengths` as a person runs it: figures, the heat map as a trace, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

from memviz.contracts import places
from memviz.contracts.trace import Trace
from tests.cli.conftest import Memviz

WEIGHTS = places.weights("ntm")


def test_lengths_are_told_with_what_was_trained_on_and_drawn_in_a_trace(memviz: Memviz, tmp_path: Path) -> None:
    out = tmp_path / "lengths.safetensors"
    done = memviz("lengths", WEIGHTS, "--lengths", "2,9", "--episodes", "3", "--out", out, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["model"], told["task"], told["trained"], told["episodes"]) == ("ntm", "copy", 8, 3)
    assert [each["length"] for each in told["lengths"]] == [2, 9]
    assert all(0 <= each["wrong"] <= 1 for each in told["lengths"])
    assert Trace.load(out)["error"].shape == (19, 2)


def test_people_read_a_line_a_length(memviz: Memviz) -> None:
    lines = memviz("lengths", WEIGHTS, "--lengths", "2,9", "--episodes", "2").stdout.splitlines()
    assert lines[0] == "ntm on copy, 2 episodes of each length"
    assert "longer than trained on" not in lines[1]
    assert "longer than trained on" in lines[2]


def test_a_length_that_the_task_has_not_is_refused(memviz: Memviz) -> None:
    done = memviz("lengths", WEIGHTS, "--lengths", "100000")
    assert done.returncode == 2
    assert "copy.sample" in done.stderr
    assert done.stderr.count("\n") == 1
