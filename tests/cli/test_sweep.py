"""`memviz sweep` as a person runs it: rows, the summary, and the same command again."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

SWEEP = ("sweep", "ntm", "copy", "--set", "N=4,5", "--set", "hidden=8", "--until", "3", "--seeds", "2", "--json")


def test_a_sweep_prints_a_row_a_training_and_computes_none_twice(memviz):
    name = f"test-{uuid.uuid4().hex}"
    first = memviz(*SWEEP, "--name", name)
    assert first.returncode == 0, first.stderr
    lines = [json.loads(line) for line in first.stdout.splitlines()]
    rows, done = lines[:-1], lines[-1]
    assert sorted((row["arm"], row["seed"]) for row in rows) == [("N=4", 0), ("N=4", 1), ("N=5", 0), ("N=5", 1)]
    assert [(arm["arm"], arm["seeds"]) for arm in done["arms"]] == [("N=4", 2), ("N=5", 2)]
    told = json.loads(Path(done["folder"], "study.json").read_text())
    assert told["command"].startswith("memviz sweep ntm copy --set N=4,5")
    again = [json.loads(line) for line in memviz(*SWEEP, "--name", name).stdout.splitlines()]
    assert again == [done]


def test_a_sweep_refuses_what_is_no_knob_before_it_trains(memviz):
    bad = memviz("sweep", "ntm", "copy", "--set", "slots=4,5")
    assert bad.returncode == 2
    assert "--set" in bad.stderr
    assert bad.stderr.count("\n") == 1
