"""`memviz train --save-memory` and `--memory`: a memory that outlives its training."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from memviz.cli import files
from memviz.training import memory
from tests.cli.conftest import Memviz

SHORT = ["ntm", "copy", "--until", "3", "--json"]


def trained(memviz: Memviz, *flags: str | Path) -> dict[str, Any]:
    """The last event of a short training."""
    done = memviz("train", *SHORT, *flags)
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_a_memory_goes_from_one_training_to_the_next(memviz: Memviz, tmp_path: Path) -> None:
    saved, out = tmp_path / "memory", tmp_path / "checkpoint"
    trained(memviz, "--set", "training.memory=carry", "--save-memory", saved, "--out", tmp_path / "first")
    first, about = memory.load(saved)
    assert (about["model"], about["update"], about["carried"]) == ("ntm", 3, True)
    trained(memviz, "--memory", saved, "--out", out)
    setup, state = files.read_checkpoint(out)
    assert setup.memory is not None
    np.testing.assert_array_equal(setup.memory, first)
    assert files.read_trace(out).meta["start_memory"] == memory.id_of(first)
    assert (Path(os.environ["MEMVIZ_HOME"]) / "memories" / f"{memory.id_of(first)}.safetensors").is_file()
    assert state.update == 3


def test_a_memory_that_does_not_fit_or_cannot_be_saved_is_refused_before_training(
    memviz: Memviz, tmp_path: Path
) -> None:
    odd = tmp_path / "odd"
    memory.write(odd, np.ones((2, 3), np.float32), {})
    for flags, told in (
        (["ntm", "copy", "--memory", odd], "Setup.memory: want finite numbers of shape"),
        (["lstm", "copy", "--memory", odd], "want a model with a memory"),
        (["lstm", "copy", "--save-memory", tmp_path / "x"], "want a model with a memory"),
        (["ntm", "copy", "--save-memory", tmp_path], "--save-memory: want a place for a file"),
        (["ntm", "copy", "--memory", tmp_path / "none"], "want a file to read"),
    ):
        done = memviz("train", *flags)
        assert (done.returncode, done.stdout) == (2, "")
        assert told in done.stderr
        assert len(done.stderr.splitlines()) == 1
