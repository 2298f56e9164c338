"""`memviz app` and `memviz open`: addresses, an answer, the file that was given, and a quiet end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from memviz import cli
from memviz.training.runs.limits import Limits
from tests.cli.conftest import ROOT, Memviz

RECORDED = ROOT / "assets" / "recorded"
PATIENCE = 60  # seconds


@contextmanager
def running(*arguments: str, data: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """An app in a child: its address and what it printed; at the end it must stop by Ctrl-C, quietly."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "memviz", *arguments, "--port", str(port), "--data", str(data)]
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True, env=environment) as process:
        try:
            yield f"http://127.0.0.1:{port}", what_it_said(process, port)
            process.send_signal(signal.SIGINT)
            assert process.communicate(timeout=PATIENCE) == ("", "")
        finally:
            process.kill()  # if it has not stopped, it never would
    assert process.returncode == 0


def what_it_said(process: subprocess.Popen[str], port: int) -> dict[str, str]:
    """What it printed by name, once it answers."""
    assert process.stdout is not None
    told: dict[str, str] = {}
    for line in process.stdout:
        name, _, value = line.strip().partition("  ")
        told[name] = value.strip()
        if name == "Ctrl-C stops":
            break
    wait_for(f"http://127.0.0.1:{port}/_stcore/health", process)
    return told


def wait_for(address: str, process: subprocess.Popen[str]) -> None:
    """Ask until the app answers or has died."""
    while process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=PATIENCE):
                return
        except OSError:
            continue
    pytest.fail("the app ended before it answered")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the kernels that the tests have compiled."""
    folder = tmp_path_factory.mktemp("data")
    kernels = Path(os.environ["MEMVIZ_HOME"]) / "kernels"
    kernels.mkdir(parents=True, exist_ok=True)
    (folder / "kernels").symlink_to(kernels, target_is_directory=True)
    return folder


def test_the_app_answers_at_the_address_it_prints_and_stops_quietly(data: Path) -> None:
    with running("app", data=data) as (address, told):
        assert told["on this machine"] == address.replace("127.0.0.1", "localhost")
        assert told["data"] == str(data)
        with urllib.request.urlopen(told["on this machine"], timeout=PATIENCE) as page:
            assert b"<html" in page.read()
    assert (data / "runs").is_dir()


def test_an_app_for_everyone_prints_the_address_that_others_can_use(data: Path) -> None:
    with running("app", "--host", "0.0.0.0", data=data) as (_, told):
        assert "not yet" not in told.get("others can join", "http://")
        assert told.get("others can join", "http://").startswith("http://")


@pytest.mark.parametrize("file", sorted(RECORDED.glob("*.safetensors")), ids=lambda path: path.name)
def test_open_starts_the_app_on_a_file(data: Path, file: Path) -> None:
    with (
        running("open", str(file), data=data) as (address, _),
        urllib.request.urlopen(address, timeout=PATIENCE) as page,
    ):
        assert page.status == 200


def test_a_port_that_is_taken_is_refused_before_anything_starts(memviz: Memviz) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = memviz("app", "--port", str(taken.getsockname()[1]))
    assert (done.returncode, done.stdout) == (2, "")
    assert "want a free port" in done.stderr


def test_limits_are_flags_over_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[Limits] = []
    monkeypatch.setattr("memviz.ui.server.serve", lambda *_: served.append(Limits.from_environment()))
    monkeypatch.setattr("memviz.cli.browser.show_when_up", lambda _: None)
    for name in ("MEMVIZ_HOME", "MEMVIZ_JOIN", "MEMVIZ_TRAINING", "MEMVIZ_DISK"):
        monkeypatch.setenv(name, os.environ.get(name, ""))  # put back at the end
    monkeypatch.setenv("MEMVIZ_DISK", "2")
    monkeypatch.setenv("MEMVIZ_RUNS", "5")
    assert cli.main(["app", "--data", str(tmp_path), "--training", "3", "--disk", "0.5"]) == 0
    assert (served[0].training, served[0].disk, served[0].runs) == (3, 0.5, 5)
    monkeypatch.setenv("MEMVIZ_RUNS", "a few")
    assert cli.main(["app", "--data", str(tmp_path)]) == 2
    assert len(served) == 1
