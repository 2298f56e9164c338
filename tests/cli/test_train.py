"""Training by the command line: solved, stopped, interrupted; then traced, exported and examined again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from memviz.cli import files
from tests.cli.conftest import ROOT, Memviz

DONE_KEYS = {"event", "solved", "sequences", "seconds", "wrong_bits", "bits_per_sequence", "checkpoint"}


def events(stdout: str) -> list[dict[str, Any]]:
    """The JSON lines."""
    return [json.loads(line) for line in stdout.splitlines()]


@pytest.fixture(scope="module")
def solved(memviz: Memviz, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The done event of a lesson run that was trained until solved."""
    out = tmp_path_factory.mktemp("train") / "deep" / "checkpoint.safetensors"
    done = memviz("train", "ntm", "copy", "--json", "--max-seconds", "120", "--out", out)
    assert (done.returncode, done.stderr) == (0, "")
    last = events(done.stdout)[-1]
    assert last["checkpoint"] == str(out)
    return last


def test_the_lesson_is_solved_and_the_last_line_says_so(solved: dict[str, Any]) -> None:
    assert solved.keys() >= DONE_KEYS
    assert (solved["event"], solved["solved"], solved["wrong_bits"]) == ("done", True, 0)
    assert 0 < solved["sequences"] <= 40_000
    assert 0 < solved["bits_per_sequence"] < 1


def test_a_checkpoint_is_traced_and_examined_again_with_the_same_figures(
    memviz: Memviz, solved: dict[str, Any], tmp_path: Path
) -> None:
    out = tmp_path / "episode.safetensors"
    done = memviz("trace", solved["checkpoint"], "--length", "5", "--seed", "3", "--out", out, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    facts = json.loads(done.stdout)
    assert facts["exam"]["wrong_bits"] == solved["wrong_bits"]
    assert facts["exam"]["bits_per_sequence"] == solved["bits_per_sequence"]
    assert (facts["findings"], facts["scores"]["wrong_bits"]) == (0, 0)
    trace = files.read_trace(out)
    assert trace.steps == facts["steps"] == 11
    assert trace.meta["update"] == facts["update"] == solved["update"]


def test_a_trace_without_flags_is_the_probe_that_the_app_shows(
    memviz: Memviz, solved: dict[str, Any], tmp_path: Path
) -> None:
    out = tmp_path / "probe.safetensors"
    assert memviz("trace", solved["checkpoint"], "--out", out).returncode == 0
    probe = files.read_trace(Path(solved["checkpoint"]))
    # not to the bit: this process may have compiled the kernels itself, which rounds differently
    np.testing.assert_allclose(files.read_trace(out)["write_weighting"], probe["write_weighting"], rtol=1e-3, atol=1e-6)


def test_a_trace_and_a_checkpoint_become_one_offline_page(
    memviz: Memviz, solved: dict[str, Any], tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    done = memviz("export", solved["checkpoint"], "--html", page)
    assert (done.returncode, done.stdout.strip()) == (0, str(page))
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert "http://" not in text.replace("http://www.w3.org/", "")
    assert "https://" not in text


def test_the_asked_updates_are_reached_exactly_and_the_seed_decides_all(memviz: Memviz, tmp_path: Path) -> None:
    runs = [("a", "5"), ("b", "5"), ("c", "6")]
    figures = []
    for name, seed in runs:
        flags = ["--until", "7", "--seed", seed, "--set", "model.N=16", "--set", "batch=4", "--json"]
        done = memviz("train", "ntm", "copy", *flags, "--out", tmp_path / name)
        assert (done.returncode, done.stderr) == (0, "")
        last = events(done.stdout)[-1]
        assert (last["update"], last["sequences"], last["solved"]) == (7, 28, False)
        figures.append(last["bits_per_sequence"])
    assert figures[0] == figures[1] != figures[2]


def test_a_budget_that_runs_out_is_exit_code_one(memviz: Memviz, tmp_path: Path) -> None:
    out = tmp_path / "checkpoint"
    done = memviz("train", "ntm", "copy", "--max-seconds", "0.05", "--set", "rate=1e-6", "--out", out)
    assert done.returncode == 1
    assert done.stderr == "memviz: not solved within the budget\n"
    assert out.exists()


def test_training_that_diverges_is_exit_code_three_and_keeps_the_last_good_state(
    memviz: Memviz, tmp_path: Path
) -> None:
    out = tmp_path / "checkpoint"
    done = memviz("train", "ntm", "copy", "--set", "rate=10", "--set", "training.clip=0", "--json", "--out", out)
    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 1
    assert "try a rate of" in done.stderr
    last = events(done.stdout)[-1]
    assert (last["event"], last["solved"]) == ("done", False)
    _, state = files.read_checkpoint(out)
    assert state.update == last["update"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_saves_a_checkpoint_between_two_updates(tmp_path: Path, number: int) -> None:
    out = tmp_path / "checkpoint"
    flags = ["--until", "1000000", "--json", "--out", str(out)]
    command = [sys.executable, "-m", "memviz", "train", "ntm", "copy", *flags]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        for line in process.stdout:
            if json.loads(line)["event"] == "progress":
                os.kill(process.pid, number)
                break
        last = events(process.stdout.read())[-1]
        assert process.stderr.read() == "memviz: interrupted; the checkpoint is saved\n"
    assert process.returncode == 130
    assert (last["outcome"], last["checkpoint"]) == ("interrupted", str(out))
    _, state = files.read_checkpoint(out)
    assert 0 < state.update == last["update"] < 1_000_000


def test_an_out_that_cannot_be_written_is_refused_before_training(memviz: Memviz, tmp_path: Path) -> None:
    done = memviz("train", "ntm", "copy", "--out", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert str(tmp_path) in done.stderr


def test_training_on_the_core_does_not_import_torch() -> None:
    probe = (
        "import sys, memviz.cli\n"
        "code = memviz.cli.main(['train', 'ntm', 'copy', '--until', '2', '--json'])\n"
        "assert code == 0\n"
        "print([name for name in ('torch', 'streamlit', 'plotly') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
