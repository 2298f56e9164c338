"""Wrong usage and unreadable files: exit code 2, one line on stderr, no traceback, nothing written."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from memviz import catalog
from memviz.cli import exits
from memviz.training.config import TrainConfig
from memviz.training.settings import parse_settings
from tests.cli.conftest import Memviz

LARGE = ["--set", "N=1024", "--set", "W=256", "--set", "batch=1024", "--set", "chunk=64"]
WRONG = {
    "no command": [],
    "unknown command": ["fly"],
    "unknown model": ["train", "elephant", "copy"],
    "unknown task": ["train", "ntm", "juggling"],
    "unknown preset": ["train", "ntm", "copy", "--preset", "huge"],
    "unknown knob": ["train", "ntm", "copy", "--set", "slotts=3"],
    "knob out of range": ["train", "ntm", "copy", "--set", "N=0"],
    "not a setting": ["train", "ntm", "copy", "--set", "N"],
    "negative seed": ["train", "ntm", "copy", "--seed", "-1"],
    "no updates": ["train", "ntm", "copy", "--until", "0"],
    "no time": ["train", "ntm", "copy", "--max-seconds", "0"],
    "unknown device": ["train", "ntm", "copy", "--device", "abacus"],
    "no file": ["trace", "no-such-file", "--out", "x.safetensors"],
    "no out": ["trace", "pyproject.toml"],
    "a folder": ["open", "memviz"],
    "bench into a folder": ["bench", "--out", "memviz"],
    "a limit that is no number": ["app", "--disk", "lots"],
    "a limit out of range": ["app", "--training", "0"],
    "too much memory": ["train", "ntm", "copy", *LARGE],
    "port out of range": ["app", "--port", "99999"],
    "host of another machine": ["app", "--host", "192.0.2.7"],
}


def told(stderr: str) -> str:
    """The one line of stderr."""
    lines = stderr.splitlines()
    assert len(lines) == 1, stderr
    assert lines[0].startswith("memviz: ")
    return lines[0]


@pytest.mark.parametrize("arguments", WRONG.values(), ids=WRONG)
def test_wrong_usage_is_one_line_and_exit_code_two(memviz: Memviz, arguments: list[str]) -> None:
    done = memviz(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    told(done.stderr)


def test_an_unknown_knob_is_answered_with_the_one_that_was_meant(memviz: Memviz) -> None:
    assert "did you mean hidden?" in told(memviz("train", "ntm", "copy", "--set", "hiden=3").stderr)


def test_every_setting_that_help_and_messages_name_is_one() -> None:
    configs = {"model": catalog.models()["ntm"].config, "task": catalog.tasks()["copy"].config, "training": TrainConfig}
    folder = Path(exits.__file__).parents[1]
    files = [path for part in ("cli", "training", "study") for path in folder.glob(f"{part}/**/*.py")]
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    named = re.findall(r"(?:--set|write for example) ([\w.]+=[\w.-]+)", text)
    assert len(named) >= 6
    parse_settings(named, configs)


def hostile() -> dict[str, bytes]:
    """Files that no command may trust."""
    return {
        "empty": b"",
        "text": b"hello\n" * 100,
        "a header of 8 exabytes": (2**63).to_bytes(8, "little") + b"{}",
        "a header that is no JSON": (8).to_bytes(8, "little") + b"{{{{{{{{",
        "a pickle": b"\x80\x04cos\nsystem\n(S'true'\ntR.",
        "a broken zip": b"PK\x03\x04" + b"\0" * 40,
    }


@pytest.mark.parametrize("name", hostile())
@pytest.mark.parametrize("command", ["trace", "open", "export"])
def test_a_hostile_file_is_one_line_and_exit_code_two(memviz: Memviz, tmp_path: Path, command: str, name: str) -> None:
    file = tmp_path / "file.safetensors"
    file.write_bytes(hostile()[name])
    out = {"trace": ["--out", tmp_path / "out"], "open": [], "export": ["--html", tmp_path / "out"]}[command]
    done = memviz(command, file, *out)
    assert done.returncode == 2
    assert str(file) in told(done.stderr)
    assert not (tmp_path / "out").exists()


def test_list_shows_every_folder_of_the_catalog(memviz: Memviz) -> None:
    done = memviz("list", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    for sort, folder in {"models": "models", "tasks": "memviz/tasks", "views": "memviz/views"}.items():
        folders = {path.parent.name for path in Path(folder).glob("*/__init__.py")}
        assert {entry["name"] for entry in found[sort]} == folders
    assert found["broken"] == {}


def test_list_for_people_has_a_line_per_entry(memviz: Memviz) -> None:
    done = memviz("list")
    assert "  ntm " in done.stdout
    assert "  copy " in done.stdout


def test_list_can_be_cut_off_by_its_reader(memviz: Memviz) -> None:

    command = f"{sys.executable} -m memviz list --json | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("{\n", "")


def test_help_and_version_are_quick_and_import_nothing_heavy(memviz: Memviz) -> None:

    probe = (
        "import sys, memviz.cli\ntry: memviz.cli.main(['--help'])\nexcept SystemExit: pass\n"
        "print([name for name in ('numpy', 'numba', 'torch', 'streamlit', 'plotly') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert memviz("--version").stdout.startswith("memviz ")


def test_a_bug_is_one_line_and_the_log_of_such_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MEMVIZ_HOME", str(tmp_path))
    monkeypatch.setattr("memviz.contracts.logs.BYTES", 5000)
    for _ in range(30):
        assert exits.guarded(lambda: 1 // 0) == exits.BUG
    assert capsys.readouterr().err.splitlines()[-1].startswith("memviz: ZeroDivisionError: ")
    logs = sorted((tmp_path / "log").iterdir())
    assert [log.name for log in logs] == ["cli.log", "cli.log.1"]
    assert "ZeroDivisionError" in logs[0].read_text()
    assert sum(log.stat().st_size for log in logs) <= 10_000
