"""A training that is stopped at whatever moment: one line, exit code 130, and what was trained is saved."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from memviz import cli
from memviz.cli import files
from memviz.cli.job import unused
from memviz.training.trainer import Trainer
from tests.cli.conftest import ROOT

ENDLESS = [sys.executable, "-m", "memviz", "train", "ntm", "copy", "--until", "100000000"]


def test_a_reader_that_goes_away_stops_the_training_which_is_saved(tmp_path: Path) -> None:
    out = tmp_path / "checkpoint"
    with subprocess.Popen(
        [*ENDLESS, "--json", "--out", str(out)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        for line in process.stdout:
            if json.loads(line)["event"] == "progress":
                break
        process.stdout.close()
        assert process.stderr.read() == "memviz: nobody reads the output any more; the checkpoint is saved\n"
    assert process.returncode == 130
    assert files.read_checkpoint(out)[1].update > 0


def test_a_last_line_that_nobody_reads_is_no_failure(tmp_path: Path) -> None:
    out = tmp_path / "checkpoint"
    command = f"{sys.executable} -m memviz train ntm copy --until 3 --out {out} | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1] in ("0", "130")  # read at the end, or gone before the first update
    assert "Traceback" not in done.stderr
    assert files.read_checkpoint(out)[1].update > 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_while_kernels_compile_ends_at_once_and_says_that_nothing_is_saved(
    tmp_path: Path, number: int
) -> None:
    environment = {**os.environ, "MEMVIZ_HOME": str(tmp_path)}  # no kernels there
    with subprocess.Popen(
        [*ENDLESS, "--json"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["event"] == "start"
        process.send_signal(number)
        assert process.stderr.read() == "memviz: interrupted; nothing was trained yet that could be saved\n"
        assert process.stdout.read() == ""
    assert process.returncode == 130
    assert not list(tmp_path.rglob("*.safetensors"))


def test_an_interrupt_in_the_last_exam_leaves_the_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(trainer: Trainer) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Trainer, "exam", interrupted)
    out = tmp_path / "checkpoint"
    assert cli.main(["train", "ntm", "copy", "--until", "2", "--json", "--out", str(out)]) == 130
    assert capsys.readouterr().err == "memviz: interrupted; the checkpoint is saved\n"
    assert files.read_checkpoint(out)[1].update == 2


def test_without_out_no_earlier_checkpoint_is_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEMVIZ_HOME", str(tmp_path))
    names = []
    for _ in range(3):
        path = unused("ntm-copy-lesson-0")
        path.parent.mkdir(exist_ok=True)
        path.touch()
        names.append(path.name)
    assert names == [f"ntm-copy-lesson-0{more}.safetensors" for more in ("", "-2", "-3")]
